/** German: pictures, from opening to saving. */
import type { Texts } from "../shared/words.ts";

export const texts: Texts = {
  // index.html
  "SplitSR: enlarge pictures on your own device": "SplitSR: Bilder auf dem eigenen Gerät vergrößern",
  Viewer: "Betrachter",
  "Picture. Arrow keys move it, plus and minus zoom, 0 fits it to the window, 1 shows actual pixels, X switches between before and after, holding space shows the original.":
    "Bild. Pfeiltasten verschieben es, Plus und Minus zoomen, 0 passt es in das Fenster ein, 1 zeigt echte Pixel, X wechselt zwischen vorher und nachher, die Leertaste zeigt das Original, solange sie gedrückt ist.",
  "Comparison: original left, enlarged right": "Vergleich: links das Original, rechts die Vergrößerung",
  "Comparison: {0} left, enlarged right": "Vergleich: links {0}, rechts die Vergrößerung",
  Original: "Original",
  "Original, smoothed by the browser": "Original, vom Browser geglättet",
  Enlarged: "Vergrößert",
  "Drag over the part that you want to enlarge.": "Über den Ausschnitt ziehen, der vergrößert werden soll.",
  "Whole picture": "Ganzes Bild",
  View: "Ansicht",
  "Zoom out": "Herauszoomen",
  "Show actual pixels": "Echte Pixel zeigen",
  "Zoom in": "Hineinzoomen",
  "Show the whole picture (key 0)": "Das ganze Bild zeigen (Taste 0)",
  Fit: "Einpassen",
  "Enlarge only part of the picture: drag to select it, then move it or its edges":
    "Nur einen Ausschnitt vergrößern: durch Ziehen markieren, dann ihn oder seine Ränder verschieben",
  "Select area": "Auswahl",
  "Show both pictures next to each other, instead of the split view": "Beide Bilder nebeneinander zeigen",
  "Side by side": "Parallel",
  "Switch between before and after in the same place (key X)":
    "An derselben Stelle zwischen vorher und nachher wechseln (Taste X)",
  "Before / after": "Vorher / nachher",
  "Magnify what is under the pointer: before on the left, after on the right":
    "Vergrößern, was unter dem Zeiger liegt: links vorher, rechts nachher",
  Loupe: "Lupe",
  "Show the original's pixels as squares, without smoothing":
    "Die Pixel des Originals als Quadrate zeigen, ohne Glättung",
  "Raw pixels": "Pixel",
  Controls: "Bedienung",

  // The page
  "super-resolution in your browser": "Super-Resolution im Browser",
  "Your pictures stay on this device unless you share them. All the work is done in this page.":
    "Bilder bleiben auf diesem Gerät, solange sie nicht geteilt werden. Alles wird auf dieser Seite berechnet.",
  "Manual and reference": "Handbuch und Referenz (Englisch)",
  Language: "Sprache",
  "Save and share": "Speichern und teilen",
  "A part of this page could not be loaded. Check the connection and try again.":
    "Ein Teil dieser Seite konnte nicht geladen werden. Bitte die Verbindung prüfen und noch einmal versuchen.",
  "Starting…": "Startet …",
  "Cancelled.": "Abgebrochen.",
  "This site has no models: its models/index.json is empty. Ask its owner to add some.":
    "Diese Website hat keine Modelle: Ihre models/index.json ist leer. Wer sie betreibt, muss welche hinzufügen.",
  "Reading {0}…": "{0} wird gelesen …",
  "Enlarged ×{0}": "Vergrößert ×{0}",
  "Enlarging ×{0}…": "Vergrößern ×{0} …",
  "Part enlarged ×{0}": "Ausschnitt vergrößert ×{0}",
  "Cropping the part…": "Der Ausschnitt wird herausgeschnitten …",
  "Going back to the whole picture…": "Zurück zum ganzen Bild …",
  "Enlarging to {0}…": "Vergrößern auf {0} …",
  "Done in {0}: {1}.": "Fertig in {0}: {1}.",
  "Verifying: enlarging again with exact arithmetic…":
    "Prüfung: Das Bild wird noch einmal vergrößert, mit exakter Arithmetik …",
  "Enlarging all pictures…": "Alle Bilder werden vergrößert …",
  "Scoring {0}…": "{0} wird bewertet …",
  "Scored {0} methods: see the table.": "{0} Verfahren bewertet: siehe die Tabelle.",
  "Shrinking the picture…": "Das Bild wird verkleinert …",

  // Numbers
  "{0} × {1} pixels": "{0} × {1} Pixel",
  "{0} ms": "{0} ms",
  "{0} s": "{0} s",
  "about {0} s": "etwa {0} s",
  "about {0} min": "etwa {0} min",
  "about {0} h": "etwa {0} h",
  "{0} to {1} s": "{0} bis {1} s",
  "{0} to {1} min": "{0} bis {1} min",
  "{0} to {1} h": "{0} bis {1} h",
  "Note: {0}.": "Hinweis: {0}.",

  // Opening
  "Enlarge a picture": "Ein Bild vergrößern",
  "<0>Drop it here, paste it, or</0><1>choose one or more files</1>.":
    "<0>Hierher ziehen, einfügen oder </0><1>eine oder mehrere Dateien auswählen</1>.",
  "Or try one of these": "Oder eines von diesen ausprobieren",
  "What is this?": "Was ist das?",
  "SplitSR enlarges pictures with a small neural network. Plain enlarging blurs edges and letters. The network has learnt from many photographs what they look like, and keeps them sharp. It runs in this page, on your own device, and your pictures stay there.":
    "SplitSR vergrößert Bilder mit einem kleinen neuronalen Netz. Einfaches Vergrößern verwischt Kanten und Buchstaben. Das Netz hat an vielen Fotos gelernt, wie sie aussehen, und hält sie scharf. Es läuft auf dieser Seite, auf dem eigenen Gerät, und die Bilder bleiben dort.",
  "A road sign, plainly enlarged on the left and by the network on the right: its letters are sharper.":
    "Ein Straßenschild, links einfach und rechts durch das Netz vergrößert: Die Buchstaben sind schärfer.",
  Picture: "Bild",
  "Take a photo": "Foto aufnehmen",
  "Open a folder": "Ordner öffnen",
  "You can choose several at once<0>, or <1>a folder</1></0>.":
    "Es können auch mehrere auf einmal sein<0> oder <1>ein Ordner</1></0>.",
  "Other picture": "Anderes Bild",
  "Open another": "Öffnen",
  "Open a picture": "Bild öffnen",
  "Open the picture that you copied": "Das kopierte Bild öffnen",
  Paste: "Einfügen",
  transparent: "transparent",
  "part: {0}": "Ausschnitt: {0}",
  "The shared picture did not arrive. Save it on this device, then open the file.":
    "Das geteilte Bild ist nicht angekommen. Bitte auf diesem Gerät speichern und dann die Datei öffnen.",
  "The browser does not let this page read what you copied. Allow it, or open a file.":
    "Der Browser lässt diese Seite nicht lesen, was kopiert wurde. Bitte erlauben oder eine Datei öffnen.",
  "Enlarging the part as you select it…": "Der Ausschnitt wird beim Markieren vergrößert …",
  "Load the picture": "Bild laden",
  "That site will see the request. It has not been contacted yet, and your results stay on this device.":
    "Jene Website sieht die Anfrage. Bisher wurde sie nicht kontaktiert, und die Ergebnisse bleiben auf diesem Gerät.",
  "The link's picture is at <0>{0}</0>.": "Das Bild des Links liegt auf <0>{0}</0>.",
  "The picture is at <0>{0}</0>.": "Das Bild liegt auf <0>{0}</0>.",
  "The link's picture is at {0}. Load it, or open another one.":
    "Das Bild des Links liegt auf {0}. Es kann geladen oder ein anderes geöffnet werden.",
  "a picture from the link": "ein Bild aus dem Link",
  "The link contains a picture of {0}. Press Enlarge to start.":
    "Der Link enthält ein Bild mit {0}. „Vergrößern“ beginnt.",
  "Loading the picture from {0}…": "Das Bild wird von {0} geladen …",
  "{0}, from {1}": "{0}, von {1}",
  "{0} other files are not pictures and were left out.": {
    one: "{0} andere Datei ist kein Bild und wurde ausgelassen.",
    other: "{0} andere Dateien sind keine Bilder und wurden ausgelassen.",
  },
  "There is no picture in this folder. Choose another one.":
    "In diesem Ordner ist kein Bild. Bitte einen anderen auswählen.",
  "Reading the files…": "Die Dateien werden gelesen …",
  "There is nothing in this folder. Choose another one.": "In diesem Ordner ist nichts. Bitte einen anderen auswählen.",
  "The picture is at {0}. Load it, or open another one.":
    "Das Bild liegt auf {0}. Es kann geladen oder ein anderes geöffnet werden.",
  "Choose the settings yourself, or ask for a new link.":
    "Bitte die Einstellungen selbst wählen oder um einen neuen Link bitten.",
  "The rest of the link is kept. Choose what is missing yourself, or ask for a new link.":
    "Der Rest des Links gilt. Bitte selbst wählen, was fehlt, oder um einen neuen Link bitten.",
  "That picture has no address this page can use. Save it first, then open or drop the file.":
    "Dieses Bild hat keine Adresse, die diese Seite verwenden kann. Bitte erst speichern, dann die Datei öffnen oder hierher ziehen.",
  "That was text, not a picture. Paste a picture or its address: https://…":
    "Das war Text, kein Bild. Einfügen lassen sich ein Bild oder seine Adresse: https://…",
  "That was not a picture file. Save the picture first, then open or drop the file.":
    "Das war keine Bilddatei. Bitte das Bild erst speichern, dann die Datei öffnen oder hierher ziehen.",
  "{0} is not responding. Try again later, or save the picture from that site and open the file.":
    "{0} antwortet nicht. Bitte später noch einmal versuchen oder das Bild von dort speichern und die Datei öffnen.",
  "Save the picture from that site and open the file.": "Bitte das Bild von dort speichern und die Datei öffnen.",
  "{0} does not let other sites read its pictures.": "{0} lässt andere Websites seine Bilder nicht lesen.",
  "{0} cannot be reached. Check the address and the connection, or save the picture from that site and open the file.":
    "{0} ist nicht erreichbar. Bitte Adresse und Verbindung prüfen oder das Bild von dort speichern und die Datei öffnen.",
  "The file at {0} is larger than {1} MB.": "Die Datei auf {0} ist größer als {1} MB.",
  "{0} has no such picture (it answered {1}). Check the address.":
    "{0} hat kein solches Bild (Antwort: {1}). Bitte die Adresse prüfen.",
  "{0} did not send the picture (it answered {1}).": "{0} hat das Bild nicht geschickt (Antwort: {1}).",
  "The data: address is damaged or cut short. Copy all of it, or save the picture and open the file.":
    "Die data:-Adresse ist beschädigt oder abgeschnitten. Bitte ganz kopieren oder das Bild speichern und die Datei öffnen.",
  "The browser cannot show a picture this large. Choose a smaller factor.":
    "Ein so großes Bild kann der Browser nicht zeigen. Bitte einen kleineren Faktor wählen.",

  // Examples
  Sign: "Schild",
  "A wooden road sign: welcome to colorful Colorado": "Ein hölzernes Straßenschild: Willkommen im bunten Colorado",
  Façade: "Fassade",
  "The many windows of the Hawa Mahal": "Die vielen Fenster des Hawa Mahal",
  Fur: "Fell",
  "A golden retriever": "Ein Golden Retriever",
  Portrait: "Porträt",
  "A smiling girl with a pink hair band": "Ein lächelndes Mädchen mit rosa Haarband",
  Foliage: "Blätter",
  "Violet asters with leaves": "Violette Astern mit Blättern",
  Print: "Druck",
  "A Japanese woodblock print of two officers, with script":
    "Ein japanischer Holzschnitt mit zwei Offizieren und Schrift",
  "Snapshot, JPEG": "Foto, JPEG",
  "The smiling girl, strongly compressed": "Das lächelnde Mädchen, stark komprimiert",
  "Screenshot, JPEG": "Bildschirmfoto, JPEG",
  "A compressed screenshot of a tide log": "Ein komprimiertes Bildschirmfoto eines Gezeitenprotokolls",

  // Enlarging
  Zoom: "Zoom",
  "{0} times": "{0}-fach",
  "Enlarge by": "Vergrößerung",
  "Enlarge by a factor from {0} to {1}": "Vergrößerung, Faktor {0} bis {1}",
  "Any number from 1 to 16, such as 2.5": "Eine Zahl von 1 bis 16, zum Beispiel 2,5",
  "{0} of the result in pixels": "{0} des Ergebnisses in Pixeln",
  Width: "Breite",
  Height: "Höhe",
  W: "B",
  H: "H",
  "Result: {0}": "Ergebnis: {0}",
  "Result: {0}; {1}, {2} of memory": "Ergebnis: {0}; {1}, {2} Speicher",
  Automatic: "Automatisch",
  "Processor (CPU)": "Prozessor (CPU)",
  "Graphics card (WebGPU)": "Grafikkarte (WebGPU)",
  "Enlarge automatically if it takes up to {0} seconds": "Sofort vergrößern, was bis zu {0} Sekunden dauert",
  Device: "Gerät",
  Enlarge: "Vergrößern",
  Progress: "Fortschritt",
  Cancel: "Abbrechen",
  "Use {0} instead": "Stattdessen {0} verwenden",
  Size: "Größe",
  Time: "Zeit",
  Model: "Modell",
  "{0} (called {1} in its file)": "{0} (heißt in der Datei {1})",
  Reason: "Grund",
  Tiles: "Kacheln",
  Note: "Hinweis",
  "Model SHA-256": "SHA-256 des Modells",
  "Output SHA-256": "SHA-256 des Ergebnisses",
  Report: "Bericht",
  "Enlarging the part in view…": "Der sichtbare Teil wird vergrößert …",
  "Zoom in to enlarge what you see.": "Nach dem Hineinzoomen wird der sichtbare Teil vergrößert.",
  "The part in view is enlarged.": "Der sichtbare Teil ist vergrößert.",
  "The whole picture takes {0}: press Enlarge.": "Das ganze Bild braucht {0}: „Vergrößern“ drücken.",
  "Choose a factor from {0} to {1} under “Enlarge by”.":
    "Bitte unter „Vergrößerung“ einen Faktor von {0} bis {1} wählen.",
  "Choose a factor from {0} to {1} under “Enlarge by”, or a width from {2} to {3} pixels.":
    "Bitte unter „Vergrößerung“ einen Faktor von {0} bis {1} wählen, oder eine Breite von {2} bis {3} Pixeln.",
  "Ready: {0} to {1}.": "Bereit: {0} auf {1}.",
  "Open a picture to start.": "Zum Beginnen ein Bild öffnen.",
  "This link holds settings, but not the picture. Open a picture to enlarge it the same way.":
    "Dieser Link enthält Einstellungen, aber kein Bild. Ein geöffnetes Bild wird ebenso vergrößert.",
  "Part: {0} × {1} pixels at {2}, {3}. Arrow keys move it, Shift and arrow keys resize it, Delete removes it.":
    "Ausschnitt: {0} × {1} Pixel bei {2}, {3}. Pfeiltasten verschieben ihn, mit Umschalttaste ändern sie seine Größe, Entf entfernt ihn.",
  "Original: {0}": "Original: {0}",
  "Enlarged: {0}": "Vergrößert: {0}",

  // Clean-up
  "Clean-up": "Bereinigen",
  "Automatic: as much as the file needs": "Automatisch: so stark, wie die Datei es braucht",
  "This model cannot clean up compressed pictures. The SplitSR models marked “best” can.":
    "Dieses Modell kann komprimierte Bilder nicht bereinigen. Die SplitSR-Modelle mit dem Zusatz „am besten“ können es.",
  "Removes the blocks and specks that JPEG and WebP compression leave.":
    "Entfernt die Klötzchen und Flecken, die JPEG- und WebP-Kompression hinterlässt.",
  "Compressed: <0>{0}</0>.": "Komprimiert: <0>{0}</0>.",
  "This picture shows no trace of compression.": "Dieses Bild zeigt keine Spur von Kompression.",

  // Several pictures
  "Enlarging {0} of {1}: {2}…": "{0} von {1} wird vergrößert: {2} …",
  "Saved {0} of {1} pictures.": {
    one: "{0} von {1} Bild gespeichert.",
    other: "{0} von {1} Bildern gespeichert.",
  },
  "{0} could not be enlarged; the list says why.": {
    one: "{0} konnte nicht vergrößert werden; die Liste nennt den Grund.",
    other: "{0} konnten nicht vergrößert werden; die Liste nennt den Grund.",
  },
  waiting: "wartet",
  working: "läuft",
  done: "fertig",
  failed: "fehlgeschlagen",
  "Enlarge the remaining {0}": "Die übrigen {0} vergrößern",
  "Enlarge all {0} and save as zip": "Alle {0} vergrößern und als ZIP speichern",
  "The results are larger than 4 GB, the limit of a zip file. Open fewer pictures, or choose a smaller factor.":
    "Die Ergebnisse sind größer als 4 GB; mehr fasst eine ZIP-Datei nicht. Bitte weniger Bilder öffnen oder einen kleineren Faktor wählen.",

  // Comparing
  Compare: "Vergleichen",
  "Comparing…": "Vergleich läuft …",
  "Comparing with {0}…": "Vergleich mit {0} …",
  "The original": "Das Original",
  "{0} at most": "Höchstens {0}",
  "Add another…": "Weitere hinzufügen …",
  Resizers: "Einfache Verfahren",
  "Which is better?": "Was ist besser?",
  "Shrinks the picture by {0}, enlarges it again with both, and compares each with the original.":
    "Verkleinert das Bild um den Faktor {0}, vergrößert es mit beiden wieder und vergleicht sie mit dem Original.",
  "Compare with": "Vergleichen mit",
  "Compare with…": "Vergleichen mit …",
  "This picture is itself compressed, and keeping its compression counts as good here. So look at both pictures, too.":
    "Dieses Bild ist selbst komprimiert, und seine Kompression zu erhalten zählt hier als gut. Also auch beide Bilder ansehen.",
  "In a test with this picture, neither is better: {0} and {1} differ too little to mean anything.":
    "In einem Test mit diesem Bild ist keines besser: {0} und {1} unterscheiden sich zu wenig, um etwas zu bedeuten.",
  "In a test with this picture, {0} is slightly better than {1}, by {2}.":
    "In einem Test mit diesem Bild ist {0} etwas besser als {1}, um {2}.",
  "In a test with this picture, {0} is better than {1}, by {2}.":
    "In einem Test mit diesem Bild ist {0} besser als {1}, um {2}.",
  "In a test with this picture, {0} is much better than {1}, by {2}.":
    "In einem Test mit diesem Bild ist {0} viel besser als {1}, um {2}.",
  "PSNR {0} against {1}.": "PSNR {0} gegen {1}.",
  "Show differences": "Unterschiede zeigen",
  "{0} (yours)": "{0} (eigenes)",
  "Show this to the left of the line": "Links der Linie zeigen",
  "Remove {0}": "{0} entfernen",
  "{0}; recomputed when shown, to save memory": "{0}; wird beim Zeigen neu berechnet, um Speicher zu sparen",
  "The two are identical.": "Die beiden sind identisch.",
  "The two are equally bright everywhere and differ only in colour.":
    "Die beiden sind überall gleich hell und unterscheiden sich nur in der Farbe.",
  "The difference cannot be seen.": "Der Unterschied ist nicht zu sehen.",
  "The difference is hardly visible.": "Der Unterschied ist kaum zu sehen.",
  "The difference is slightly visible.": "Der Unterschied ist leicht zu sehen.",
  "The difference is clearly visible.": "Der Unterschied ist deutlich zu sehen.",
  "Difference from the result: PSNR {0} dB{1}. Values from 0 to 255 differ by {2} on average and by at most {3}.":
    "Abstand vom Ergebnis: PSNR {0} dB{1}. Die Werte von 0 bis 255 unterscheiden sich im Mittel um {2} und höchstens um {3}.",
  "Nearest pixel": "Nächster Pixel",
  "nearest pixel": "nächster Pixel",
  Bilinear: "Bilinear",
  bilinear: "bilinear",
  Bicubic: "Bikubisch",
  bicubic: "bikubisch",
  Lanczos: "Lanczos",

  // Saving
  "Saved {0}.": "{0} gespeichert.",
  "The file is ready now. Press Share again.": "Die Datei ist jetzt bereit. Bitte noch einmal „Teilen“ drücken.",
  Download: "Speichern",
  Share: "Teilen",
  "File format": "Dateiformat",
  "WebP, lossless": "WebP, verlustfrei",
  "{0} (not in this browser)": "{0} (nicht in diesem Browser)",
  "{0} quality, 1 to 100; 100 is lossless": "Qualität für {0}, 1 bis 100; 100 ist verlustfrei",
  "{0} quality, 1 to 100": "Qualität für {0}, 1 bis 100",
  "JPEG has no transparency: transparent areas become white.":
    "JPEG kennt keine Transparenz: Transparente Flächen werden weiß.",
  "Keep camera, date and location": "Kamera, Datum und Ort behalten",

  // Offline use
  "A new version is available. {0}": "Eine neue Version ist da. {0}",
  Reload: "Neu laden",
  "Everything is saved on this device, so the page works offline.":
    "Alles ist auf diesem Gerät gespeichert; die Seite funktioniert auch offline.",
  "There is not enough space on this device for everything. Free some up and try again.":
    "Auf diesem Gerät ist nicht genug Platz für alles. Bitte Platz schaffen und noch einmal versuchen.",
  "Some files could not be loaded. Check the connection and try again.":
    "Einige Dateien konnten nicht geladen werden. Bitte die Verbindung prüfen und noch einmal versuchen.",
  "Saving for offline use: {0} of {1} MB": "Wird für die Offline-Nutzung gespeichert: {0} von {1} MB",
  "Try again": "Noch einmal versuchen",
  "Save everything for offline use": "Alles für die Offline-Nutzung speichern",

  // Live zoom
  "Live zoom": "Live-Zoom",
  "Zoom in live on a camera, a video, a tab or the screen":
    "Live in eine Kamera, ein Video, einen Tab oder den Bildschirm zoomen",
  Camera: "Kamera",
  "Camera {0}": "Kamera {0}",
  "The browser cannot play this file. Choose another video, such as MP4 or WebM.":
    "Der Browser kann diese Datei nicht abspielen. Bitte ein anderes Video wählen, etwa MP4 oder WebM.",
  "Nothing is shared. To pick a tab or screen, choose Screen again.":
    "Es wird nichts geteilt. Für einen Tab oder Bildschirm bitte noch einmal „Bildschirm“ wählen.",
  "The tab or screen cannot be shared. Check that your system lets the browser record it.":
    "Der Tab oder Bildschirm lässt sich nicht teilen. Bitte prüfen, ob das System dem Browser die Aufnahme erlaubt.",
  "The camera is blocked. Allow it for this page in the browser's settings, then choose Camera again.":
    "Die Kamera ist gesperrt. Bitte in den Einstellungen des Browsers für diese Seite erlauben und noch einmal „Kamera“ wählen.",
  "No camera was found. Connect one and choose Camera again, or open a video file.":
    "Es wurde keine Kamera gefunden. Bitte eine anschließen und noch einmal „Kamera“ wählen oder eine Videodatei öffnen.",
  "The camera cannot be read. Close other programs that use it, then choose Camera again.":
    "Die Kamera lässt sich nicht lesen. Bitte andere Programme schließen, die sie benutzen, und noch einmal „Kamera“ wählen.",
  "Browsers allow the camera only on secure pages. Open this page over https, or open a video file.":
    "Browser erlauben die Kamera nur auf sicheren Seiten. Bitte diese Seite mit https oder eine Videodatei öffnen.",
  "The camera did not start. Choose Camera again, or open a video file.":
    "Die Kamera ist nicht gestartet. Bitte noch einmal „Kamera“ wählen oder eine Videodatei öffnen.",
  "Sharing has ended. To continue, choose Screen again.": "Das Teilen ist beendet. Weiter geht es mit „Bildschirm“.",
  "The camera was disconnected. Connect it and choose Camera again.":
    "Die Kamera wurde getrennt. Bitte anschließen und noch einmal „Kamera“ wählen.",
  "Part to zoom into. Arrow keys move it, plus and minus zoom.":
    "Ausschnitt, in den gezoomt wird. Pfeiltasten verschieben ihn, Plus und Minus zoomen.",
  "Digital zoom": "Digitalzoom",
  "Keep {0} frames a second": "{0} Bilder pro Sekunde halten",
  Source: "Quelle",
  Video: "Video",
  "A tab, a window or the whole screen": "Ein Tab, ein Fenster oder der ganze Bildschirm",
  Screen: "Bildschirm",
  "Which camera": "Welche Kamera",
  "Save the enlarged part as a PNG, as it looks now":
    "Den vergrößerten Ausschnitt, wie er jetzt ist, als PNG speichern",
  Save: "Speichern",
  "Open this part in the main page to enlarge it with the model chosen there":
    "Diesen Ausschnitt in der Seite öffnen und mit dem dort gewählten Modell vergrößern",
  "Enlarge<0>&nbsp;with the full network</0>": "Vergrößern<0>&nbsp;mit dem vollen Netz</0>",
  Freeze: "Anhalten",
  "Shared picture": "Geteiltes Bild",
  "Opening the video…": "Das Video wird geöffnet …",
  "Waiting for the picture. The browser may ask you to allow it.":
    "Warten auf das Bild. Vielleicht fragt der Browser nach der Erlaubnis.",
  "Paused while this page is hidden.": "Pausiert, solange diese Seite verborgen ist.",
  "Frozen. You can still move the part or make it larger.":
    "Angehalten. Der Ausschnitt lässt sich noch verschieben und vergrößern.",
  "Drag the rectangle. Zoom with <0>the wheel, + and −, or</0>two fingers.":
    "Das Rechteck ziehen. Zoomen mit <0>Mausrad, + und − oder </0>zwei Fingern.",
  "Starting the engine…": "Die Engine startet …",
  "{0} × {1} → {2} × {3} pixels": "{0} × {1} → {2} × {3} Pixel",
  "graphics card": "Grafikkarte",
  "processor, {0} workers": { one: "Prozessor, {0} Worker", other: "Prozessor, {0} Worker" },
  "{0} frames a second with a delay of {1}.": "{0} Bilder pro Sekunde mit {1} Verzögerung.",
  "The camera itself is no faster.": "Die Kamera selbst ist nicht schneller.",
  "The video itself is no faster.": "Das Video selbst ist nicht schneller.",
  "The screen itself is no faster.": "Der Bildschirm selbst ist nicht schneller.",
  "This device cannot reach {0} frames a second, even with the smallest part.":
    "Dieses Gerät erreicht {0} Bilder pro Sekunde nicht, auch nicht mit dem kleinsten Ausschnitt.",
  "A larger part would be slower.": "Ein größerer Ausschnitt wäre langsamer.",
  "The part, enlarged without a network": "Der Ausschnitt, ohne Netz vergrößert",
  "The part, enlarged by the network": "Der Ausschnitt, vom Netz vergrößert",
  "The browser could not create a canvas for the picture. Reload the page.":
    "Der Browser konnte keine Zeichenfläche für das Bild anlegen. Bitte die Seite neu laden.",
  "The camera was off while this page was hidden. It is back on.":
    "Die Kamera war aus, solange diese Seite verborgen war. Sie ist wieder an.",
  "The video was paused while this page was hidden.": "Das Video war pausiert, solange diese Seite verborgen war.",
  "This site has no model for live pictures. Ask its owner to add splitsr-tiny-x2.":
    "Diese Website hat kein Modell für Live-Bilder. Wer sie betreibt, muss splitsr-tiny-x2 hinzufügen.",
  "a picture from the camera": "ein Bild von der Kamera",
  "a picture from the video": "ein Bild aus dem Video",
};
