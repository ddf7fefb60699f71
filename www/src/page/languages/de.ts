/** German: infinitives for what buttons do, and no form of address. */
import type { Texts } from "../shared/words.ts";

export const texts: Texts = {
  // index.html
  "SplitSR: enlarge pictures on your own device": "SplitSR: Bilder auf dem eigenen Gerät vergrößern",
  Viewer: "Betrachter",
  "Picture. Arrow keys move it, plus and minus zoom, 0 fits it to the window, 1 shows actual pixels, X swaps the two pictures, space shows the original while it is held.":
    "Bild. Pfeiltasten verschieben es, Plus und Minus zoomen, 0 passt es in das Fenster ein, 1 zeigt echte Pixel, X tauscht die beiden Bilder, die Leertaste zeigt das Original, solange sie gedrückt ist.",
  "Comparison: original left, enlarged right": "Vergleich: links das Original, rechts die Vergrößerung",
  Original: "Original",
  Enlarged: "Vergrößert",
  "Drag over the part that you want to enlarge.": "Über den Ausschnitt ziehen, der vergrößert werden soll.",
  "Whole picture": "Ganzes Bild",
  View: "Ansicht",
  "Zoom out": "Herauszoomen",
  "Show actual pixels": "Echte Pixel zeigen",
  "Zoom in": "Hineinzoomen",
  "Show all of the picture (key 0)": "Das ganze Bild zeigen (Taste 0)",
  Fit: "Einpassen",
  "Enlarge only a part: drag to mark it, then move it or its edges. If you have zoomed in, the part is at first what you see":
    "Nur einen Ausschnitt vergrößern: durch Ziehen markieren, dann ihn oder seine Ränder verschieben. In einer gezoomten Ansicht ist es zuerst das, was zu sehen ist",
  "Select area": "Auswahl",
  "Show both pictures next to each other": "Beide Bilder nebeneinander zeigen",
  "Side by side": "Parallel",
  "Swap the two pictures in place (key X)": "Die beiden Bilder an ihrem Platz tauschen (Taste X)",
  Swap: "Tauschen",
  "Magnify what is under the pointer: before on the left, after on the right":
    "Vergrößern, was unter dem Zeiger liegt: links vorher, rechts nachher",
  Loupe: "Lupe",
  "Show the original's pixels as squares, without smoothing":
    "Die Pixel des Originals als Quadrate zeigen, ohne Glättung",
  "Raw pixels": "Pixel",
  Controls: "Bedienung",

  // The page
  "super-resolution in your browser": "Super-Resolution im Browser",
  "Your pictures never leave this device. All the work is done in this page.":
    "Bilder verlassen dieses Gerät nie. Alles wird auf dieser Seite berechnet.",
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
  "Part enlarged ×{0}": "Ausschnitt vergrößert ×{0}",
  "Cutting out the part…": "Der Ausschnitt wird herausgeschnitten …",
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
  "about {0} ms": "etwa {0} ms",
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
  Picture: "Bild",
  "Take a photo": "Foto aufnehmen",
  "Open a folder": "Ordner öffnen",
  "You can choose several at once<0>, or <1>a folder</1></0>.":
    "Es können auch mehrere auf einmal sein<0> oder <1>ein Ordner</1></0>.",
  "Open another": "Öffnen",
  "Open a picture": "Bild öffnen",
  "Open the picture that you copied": "Das kopierte Bild öffnen",
  Paste: "Einfügen",
  transparent: "transparent",
  "part: {0}": "Ausschnitt: {0}",
  "The shared picture did not arrive here. Save it on this device, and then open the file.":
    "Das geteilte Bild ist hier nicht angekommen. Bitte auf diesem Gerät speichern und dann die Datei öffnen.",
  "The browser does not let this page read what you copied. Allow it, or open a file.":
    "Der Browser lässt diese Seite nicht lesen, was kopiert wurde. Bitte erlauben oder eine Datei öffnen.",
  "Enlarging the part while you mark it…": "Der Ausschnitt wird beim Markieren vergrößert …",
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
  "{0} other files are no pictures and left out.": {
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
  "That picture has no address that leads here. Save it first, then open or drop the file.":
    "Dieses Bild hat keine Adresse, die hierher führt. Bitte erst speichern, dann die Datei öffnen oder hierher ziehen.",
  "That was text, not a picture. Paste a picture or its address: https://…":
    "Das war Text, kein Bild. Einfügen lassen sich ein Bild oder seine Adresse: https://…",
  "That was not a picture file. Save the picture first, then open or drop the file.":
    "Das war keine Bilddatei. Bitte das Bild erst speichern, dann die Datei öffnen oder hierher ziehen.",
  "{0} does not answer. Try again later, or save the picture from that site and open the file.":
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
  "The browser cannot show a picture this large. Choose a smaller zoom.":
    "Ein so großes Bild kann der Browser nicht zeigen. Bitte einen kleineren Zoom wählen.",

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
  "Zoom factor, {0} to {1}": "Zoomfaktor, {0} bis {1}",
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
  "Enlarge at once what takes up to {0} seconds": "Sofort vergrößern, was bis zu {0} Sekunden dauert",
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
  "That takes {0}: press Enlarge.": "Das dauert {0}: „Vergrößern“ drücken.",
  "Enlarging the part in view…": "Der sichtbare Teil wird vergrößert …",
  "Zoom in to enlarge what you see.": "Nach dem Hineinzoomen wird der sichtbare Teil vergrößert.",
  "The part in view is enlarged.": "Der sichtbare Teil ist vergrößert.",
  "All of it takes {0}: press Enlarge.": "Alles dauert {0}: „Vergrößern“ drücken.",
  "Choose a zoom from {0} to {1}.": "Bitte einen Zoom von {0} bis {1} wählen.",
  "Ready: {0} to {1}.": "Bereit: {0} auf {1}.",
  "Open a picture to start.": "Zum Beginnen ein Bild öffnen.",
  "Part: {0} × {1} pixels at {2}, {3}. Arrow keys move it, Shift and arrow keys resize it, Delete removes it.":
    "Ausschnitt: {0} × {1} Pixel bei {2}, {3}. Pfeiltasten verschieben ihn, mit Umschalttaste ändern sie seine Größe, Entf entfernt ihn.",
  "Original: {0}": "Original: {0}",
  "Enlarged: {0}": "Vergrößert: {0}",

  // Clean-up
  "Clean-up": "Bereinigen",
  "Automatic: as much as the file needs": "Automatisch: so stark, wie die Datei es braucht",
  "This model has no second set of weights, for compressed pictures.":
    "Dieses Modell hat keine zweiten Gewichte für komprimierte Bilder.",
  "Removes what JPEG compression left in a picture.":
    "Entfernt, was die JPEG-Kompression in einem Bild hinterlassen hat.",
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
  "The results are larger than 4 GB, the most a zip file holds. Open fewer pictures, or choose a smaller zoom.":
    "Die Ergebnisse sind größer als 4 GB; mehr fasst eine ZIP-Datei nicht. Bitte weniger Bilder öffnen oder einen kleineren Zoom wählen.",

  // Comparing
  Compare: "Vergleichen",
  "Comparing…": "Vergleich läuft …",
  "Comparing with {0}…": "Vergleich mit {0} …",
  "The original": "Das Original",
  "{0} at most": "Höchstens {0}",
  "Add another…": "Weitere hinzufügen …",
  Resizers: "Einfache Verfahren",
  "PSNR and SSIM say how close each one is to the result, not how good it is. “Score the models” tells which one is better.":
    "PSNR und SSIM sagen, wie ähnlich jedes dem Ergebnis ist, nicht wie gut es ist. Was besser ist, zeigt „Modelle bewerten“.",
  "Show differences": "Unterschiede zeigen",
  "{0} (yours)": "{0} (eigenes)",
  "Show this to the left of the line": "Links der Linie zeigen",
  "Remove {0}": "{0} entfernen",
  identical: "identisch",
  "{0}; computed again when shown, to save memory": "{0}; wird beim Zeigen neu berechnet, um Speicher zu sparen",
  "The two are identical.": "Die beiden sind identisch.",
  "The two have the same luma.": "Die beiden haben dieselbe Helligkeit.",
  "Distance from the result: PSNR {0} dB{1}. Of 255 levels, pixels differ by {2} on average and by at most {3}.":
    "Abstand vom Ergebnis: PSNR {0} dB{1}. Von 255 Stufen unterscheiden sich Pixel im Mittel um {2} und höchstens um {3}.",
  "Nearest pixel": "Nächster Pixel",
  Bilinear: "Bilinear",
  Bicubic: "Bikubisch",
  bicubic: "bikubisch",
  Lanczos: "Lanczos",

  // Saving
  "Saved.": "Gespeichert.",
  "The file is ready now. Press Share again.": "Die Datei ist jetzt bereit. Bitte noch einmal „Teilen“ drücken.",
  "Download {0}": "{0} speichern",
  Share: "Teilen",
  "File format": "Dateiformat",
  "WebP, lossless": "WebP, verlustfrei",
  "{0} (not in this browser)": "{0} (nicht in diesem Browser)",
  "{0} quality, 1 to 100; 100 is lossless": "Qualität für {0}, 1 bis 100; 100 ist verlustfrei",
  "{0} quality, 1 to 100": "Qualität für {0}, 1 bis 100",
  "JPEG has no transparency: transparent areas become white.":
    "JPEG kennt keine Transparenz: Transparente Flächen werden weiß.",
  "Keep camera, date and location": "Kamera, Datum und Ort behalten",

  // Links
  "Link copied": "Link kopiert",
  "Copy link": "Link kopieren",
  "The link opens a picture, which has not been loaded.": "Der Link öffnet ein Bild, das nicht geladen wurde.",
  "The link opens the picture at {0}, which has not been loaded.":
    "Der Link öffnet das Bild auf {0}, das nicht geladen wurde.",
  "The link contains the settings but not your picture.": "Der Link enthält die Einstellungen, aber nicht das Bild.",
  "Works for a small picture or a small part of one": "Geht mit einem kleinen Bild oder einem kleinen Ausschnitt",
  "Include the part in the link": "Ausschnitt in den Link aufnehmen",
  "Include the picture in the link": "Bild in den Link aufnehmen",
  "The link points to the picture at {0}. Whoever opens it is asked before the picture is loaded.":
    "Der Link verweist auf das Bild auf {0}. Wer ihn öffnet, wird gefragt, bevor das Bild geladen wird.",
  "The link opens this picture, enlarged the same way.": "Der Link öffnet dieses Bild, ebenso vergrößert.",
  "It is {0} KB long.": "Er ist {0} KB lang.",
  "It contains the file as it is, with its metadata if it has any.":
    "Er enthält die Datei, wie sie ist, mit ihren Metadaten, falls sie welche hat.",
  "The link opens this picture, enlarged the same way. {0} {1}":
    "Der Link öffnet dieses Bild, ebenso vergrößert. {0} {1}",
  "Take the picture out of the link": "Bild aus dem Link entfernen",
  "{0} is only on this device, so this link works only here. <0>Download the model</0> and send it along with the link. It can be loaded under Model.":
    "{0} ist nur auf diesem Gerät, daher geht dieser Link nur hier. <0>Modell herunterladen</0> und mit dem Link verschicken. Unter „Modell“ lässt es sich laden.",
  "The browser does not allow copying. Copy the address of this page instead; it is the same link.":
    "Der Browser erlaubt das Kopieren nicht. Bitte stattdessen die Adresse dieser Seite kopieren; sie ist derselbe Link.",
  "The link is too long to be from this page.": "Der Link ist zu lang, um von dieser Seite zu sein.",
  "The link uses a model that this page does not have.":
    "Der Link verwendet ein Modell, das es auf dieser Seite nicht gibt.",
  "The link compares with something that this page does not have.":
    "Der Link vergleicht mit etwas, das es auf dieser Seite nicht gibt.",
  "The link compares with more than {0} others.": "Der Link vergleicht mit mehr als {0} anderen.",
  "The link's {0} is not one of the choices.": "Im Link steht ein Wert, der nicht zur Auswahl steht: {0}.",
  "The link cannot be read.": "Der Link ist nicht lesbar.",
  "The link uses a picture that this page does not have.":
    "Der Link verwendet ein Bild, das es auf dieser Seite nicht gibt.",
  "The link's zoom is not a number from {0} to {1}.": "Der Zoom des Links ist keine Zahl von {0} bis {1}.",
  "The link names an unknown device.": "Der Link nennt ein unbekanntes Gerät.",
  "The link's clean-up must be auto or a number from 0 to 100.":
    "Für das Bereinigen muss im Link „auto“ oder eine Zahl von 0 bis 100 stehen.",
  "The link's part of the picture cannot be read.": "Der Ausschnitt im Link ist nicht lesbar.",
  "The link's hashes cannot be read.": "Die Prüfsummen im Link sind nicht lesbar.",
  "The link's view cannot be read.": "Die Ansicht im Link ist nicht lesbar.",
  "The link's view has a switch that this page does not have.":
    "Die Ansicht im Link hat einen Schalter, den es auf dieser Seite nicht gibt.",
  "The link's file format cannot be read.": "Das Dateiformat im Link ist nicht lesbar.",
  "The link's scale for scoring is not one of the choices.":
    "Der Faktor für die Bewertung im Link steht nicht zur Auswahl.",
  "The link's picture is too large for a link.": "Das Bild im Link ist zu groß für einen Link.",
  "The link's picture is empty.": "Das Bild im Link ist leer.",
  "The link's picture is cut short.": "Das Bild im Link ist abgeschnitten.",
  "The picture needs {0} in the link, but only {1} fit. Choose a smaller part with “Select area”.":
    "Das Bild braucht {0} im Link, aber nur {1} passen hinein. Mit „Auswahl“ lässt sich ein kleinerer Ausschnitt wählen.",

  // Verifying
  "Verify the result": "Ergebnis prüfen",
  "Only the CPU gives the same result on every machine, bit for bit. Set the device to Processor (CPU) or Automatic.":
    "Nur die CPU liefert auf jedem Rechner Bit für Bit dasselbe Ergebnis. Bitte als Gerät „Prozessor (CPU)“ oder „Automatisch“ wählen.",
  "Enlarge again with a slower method that gives the same result on every machine, bit for bit":
    "Noch einmal vergrößern, mit einem langsameren Verfahren, das auf jedem Rechner Bit für Bit dasselbe Ergebnis liefert",
  "The link contains the expected result. It is not verified yet.":
    "Der Link enthält das erwartete Ergebnis. Es ist noch nicht geprüft.",
  "The result shown is identical to the exact one.": "Das gezeigte Ergebnis ist mit dem exakten identisch.",
  "The result shown differs from the exact one by at most {0} levels.": {
    one: "Das gezeigte Ergebnis weicht vom exakten um höchstens {0} Stufe ab.",
    other: "Das gezeigte Ergebnis weicht vom exakten um höchstens {0} Stufen ab.",
  },
  "The link now contains the hash of the exact result.":
    "Der Link enthält jetzt die Prüfsumme des exakten Ergebnisses.",
  "Not reproduced: this page has a different model than the sender.":
    "Nicht reproduziert: Diese Seite hat ein anderes Modell als der Absender.",
  "The picture at {0} may have changed.": "Vielleicht hat sich das Bild auf {0} geändert.",
  "Not reproduced: the exact result here differs from the sender's.":
    "Nicht reproduziert: Das exakte Ergebnis weicht hier von dem des Absenders ab.",
  "Reproduced exactly.": "Exakt reproduziert.",

  // Scoring
  Score: "Bewerten",
  "Score the models": "Modelle bewerten",
  "Shrinks the picture with the standard benchmark method, enlarges it again with every model and resizer, and compares each result with the original. Use a sharp picture.":
    "Verkleinert das Bild mit dem üblichen Benchmark-Verfahren, vergrößert es mit jedem Modell und Verfahren wieder und vergleicht jedes Ergebnis mit dem Original. Das Bild sollte scharf sein.",
  "Scale factor": "Skalierungsfaktor",
  "Horizontal axis of the plot": "Waagerechte Achse des Diagramms",
  "PSNR vs. {0}": "PSNR gegen {0}",
  "Models are green, resizers grey. The ring is around the chosen model.":
    "Modelle sind grün, einfache Verfahren grau. Der Ring umgibt das gewählte Modell.",
  "Save as CSV": "CSV speichern",
  "Save plot": "Diagramm speichern",
  exact: "exakt",
  milliseconds: "Millisekunden",
  "multiply-adds": "Multiply-Adds",
  "PSNR vs. {0}; the numbers refer to the rows of the table":
    "PSNR gegen {0}; die Nummern verweisen auf die Zeilen der Tabelle",
  "This picture is too large to score. Use one of at most 4 megapixels, or choose a part of it.":
    "Dieses Bild ist zu groß für die Bewertung. Bitte eines mit höchstens 4 Megapixeln oder einen Ausschnitt nehmen.",
  "There is nothing to plot.": "Es gibt nichts zu zeichnen.",
  "The browser could not draw the plot.": "Der Browser konnte das Diagramm nicht zeichnen.",

  // Models
  "Not trained": "Nicht trainiert",
  "Let the model follow the zoom": "Modell passend zum Zoom wählen",
  "for ×{0}": "für ×{0}",
  "many networks, see Network below": "viele Netze, siehe „Netz“ unten",
  "{0} parameters": "{0} Parameter",
  "chosen to suit the zoom": "passend zum Zoom gewählt",
  "trained for {0} hours": "{0} Stunden trainiert",
  "trained for {0} minutes": { one: "{0} Minute trainiert", other: "{0} Minuten trainiert" },
  "Load a model from a file": "Modell aus einer Datei laden",
  Delete: "Löschen",
  "Deleted {0}. <0>Undo</0>": "{0} gelöscht. <0>Rückgängig</0>",
  "Your model, loaded from a file and stored on this device.":
    "Eigenes Modell, aus einer Datei geladen und auf diesem Gerät gespeichert.",
  "Your model: a new network started from {0} and trained for {1} steps ({2} vs. {0}). It is stored on this device.": {
    one: "Eigenes Modell: ein neues Netz, ausgehend von {0} {1} Schritt trainiert ({2} gegenüber {0}). Es ist auf diesem Gerät gespeichert.",
    other:
      "Eigenes Modell: ein neues Netz, ausgehend von {0} {1} Schritte trainiert ({2} gegenüber {0}). Es ist auf diesem Gerät gespeichert.",
  },
  "Your model: {0} unchanged, because no step improved it. It is stored on this device.":
    "Eigenes Modell: {0} unverändert, weil kein Schritt es verbessert hat. Es ist auf diesem Gerät gespeichert.",
  "Your model: {0} fine-tuned for {1} steps ({2}). It is stored on this device.": {
    one: "Eigenes Modell: {0}, {1} Schritt nachtrainiert ({2}). Es ist auf diesem Gerät gespeichert.",
    other: "Eigenes Modell: {0}, {1} Schritte nachtrainiert ({2}). Es ist auf diesem Gerät gespeichert.",
  },
  "SplitSR ×2 (best)": "SplitSR ×2 (am besten)",
  "SplitSR ×2 (balanced)": "SplitSR ×2 (ausgewogen)",
  "SplitSR ×2 (fast)": "SplitSR ×2 (schnell)",
  "SplitSR ×3 (best)": "SplitSR ×3 (am besten)",
  "SplitSR ×4 (best)": "SplitSR ×4 (am besten)",
  "SplitSR ×4 (fast)": "SplitSR ×4 (schnell)",
  "Elastic ×{0} (any split ratio)": "Elastisch ×{0} (jedes Split-Verhältnis)",
  "SplitSR ×{0}, split ratio {1}": "SplitSR ×{0}, Split-Verhältnis {1}",
  "SplitSR ×{0}, hybrid index {1}": "SplitSR ×{0}, Hybrid-Index {1}",
  "For photographs": "Für Fotos",
  Yours: "Eigene",
  "Many networks in one": "Viele Netze in einem",
  "For research": "Für die Forschung",
  "The new model needs a name.": "Das neue Modell braucht einen Namen.",
  "A name can have at most {0} characters.": "Ein Name kann höchstens {0} Zeichen haben.",
  "A name can contain only letters, digits, hyphens, dots and underscores.":
    "Ein Name kann nur Buchstaben (ohne Umlaute), Ziffern, Bindestriche, Punkte und Unterstriche enthalten.",
  "A model called {0} already exists. Choose another name.":
    "Ein Modell namens {0} gibt es schon. Bitte einen anderen Namen wählen.",
  "This model is already in the list as {0}.": "Dieses Modell ist schon in der Liste, als {0}.",
  "Another model is called {0}, so this one is named {1}.":
    "Ein anderes Modell heißt {0}, daher bekommt dieses den Namen {1}.",
  "{0} stays in the list until you close this page. Download it to keep it.":
    "{0} bleibt in der Liste, bis diese Seite geschlossen wird. Zum Behalten bitte herunterladen.",
  "There is no room left on this device. Earlier versions are still saved; free some space to save new ones.":
    "Auf diesem Gerät ist kein Platz mehr. Frühere Stände sind noch gespeichert; für neue muss Platz frei werden.",
  "The browser does not let this page save anything on this device ({0}).":
    "Der Browser lässt diese Seite nichts auf diesem Gerät speichern ({0}).",

  // Network
  Network: "Netz",
  "Split ratio": "Split-Verhältnis",
  "split ratio": "Split-Verhältnis",
  "Hybrid index": "Hybrid-Index",
  "hybrid index": "Hybrid-Index",
  "Hybrid mode": "Hybrid-Modus",
  "hybrid mode": "Hybrid-Modus",
  Replacement: "Ersetzung",
  replacement: "Ersetzung",
  Block: "Block",
  block: "Block",
  "{0} of {1}": "{0} von {1}",
  "split first": "Split zuerst",
  "standard first": "Standard zuerst",
  interleaved: "abwechselnd",
  features: "Merkmale",
  upsampler: "Upsampler",
  both: "beide",
  split: "Split",
  shuffle: "Shuffle",
  "inverted residual": "Inverted Residual",
  idle: "Idle",
  ghost: "Ghost",
  "Choose values marked ✓ under Network, or train this network under Fine-tune.":
    "Bitte unter „Netz“ Werte mit ✓ wählen oder dieses Netz unter „Nachtrainieren“ trainieren.",
  "Choose values marked ✓ under Network, or a model.": "Bitte unter „Netz“ Werte mit ✓ oder ein Modell wählen.",
  "No model has been trained with these hyper-parameters.": "Mit diesen Hyperparametern wurde kein Modell trainiert.",
  "{0} is included for comparison and has none of SplitSR's hyper-parameters. {1}":
    "{0} ist zum Vergleich dabei und hat keine der Hyperparameter von SplitSR. {1}",
  "This model holds a network for each split ratio, hybrid index and mode. The result follows the sliders while that takes at most four seconds. {0}":
    "Dieses Modell enthält ein Netz für jedes Split-Verhältnis, jeden Hybrid-Index und Modus. Das Ergebnis folgt den Reglern, solange das höchstens vier Sekunden dauert. {0}",
  "<0>{0}</0>&nbsp;was trained for this network alone{1}.": "<0>{0}</0>&nbsp;wurde nur für dieses Netz trainiert{1}.",
  "One model for every split ratio, hybrid index and hybrid mode":
    "Ein Modell für jedes Split-Verhältnis, jeden Hybrid-Index und Hybrid-Modus",
  "Trade quality for speed: {0}": "Qualität gegen Tempo tauschen: {0}",
  "{0} billion multiply-adds for 1280 × 720": "{0} Milliarden Multiply-Adds für 1280 × 720",
  "billion multiply-adds for 1280 × 720": "Milliarden Multiply-Adds für 1280 × 720",
  "receptive field: the whole picture": "rezeptives Feld: das ganze Bild",
  "receptive field: {0} × {1} pixels": "rezeptives Feld: {0} × {1} Pixel",
  "{0} ms per megapixel of the result, measured on this {1} at ×{2}":
    "{0} ms je Megapixel des Ergebnisses, auf dieser {1} bei ×{2} gemessen",
  "about {0} ms per megapixel of the result (estimated)": "etwa {0} ms je Megapixel des Ergebnisses (geschätzt)",
  "PSNR of this network on the validation pictures: {0}.": "PSNR dieses Netzes auf den Validierungsbildern: {0}.",
  "PSNR vs. multiply-adds of {0} networks. {1}": "PSNR gegen Multiply-Adds von {0} Netzen. {1}",
  "{0} Each dot is a network of this model; the line joins those of this split ratio. Each diamond is a model that was trained for one network alone.":
    "{0} Jeder Punkt ist ein Netz dieses Modells; die Linie verbindet die mit diesem Split-Verhältnis. Jede Raute ist ein Modell, das nur für ein Netz trainiert wurde.",
  "Time for the picture, in ms": "Zeit für das Bild, in ms",
  "Chooses the best network that is expected to take no longer":
    "Wählt das beste Netz, das voraussichtlich nicht länger braucht",
  "Upsampler: 1 × 1, {0} → {1}, pixel shuffle ×{2}": "Upsampler: 1 × 1, {0} → {1}, Pixel-Shuffle ×{2}",
  "Upsampler: 3 × 3, {0} → {1}, pixel shuffle ×{2}": "Upsampler: 3 × 3, {0} → {1}, Pixel-Shuffle ×{2}",
  "Head: 3 × 3, 3 → {0}": "Kopf: 3 × 3, 3 → {0}",
  "3 × 3, {0} → {1}, plus the head's output": "3 × 3, {0} → {1}, plus Ausgabe des Kopfs",
  "Tail: 3 × 3, {0} → 3": "Ende: 3 × 3, {0} → 3",
  "Each standard block ends with channel attention.": "Jeder Standardblock endet mit Channel Attention.",
  "Head, {0} groups of {1} blocks, {2} of them lightweight, lightweight upsampler, tail":
    "Kopf, {0} Gruppen zu {1} Blöcken, {2} davon leicht, leichter Upsampler, Ende",
  "Head, {0} groups of {1} blocks, {2} of them lightweight, standard upsampler, tail":
    "Kopf, {0} Gruppen zu {1} Blöcken, {2} davon leicht, Standard-Upsampler, Ende",
  "Read the drawing from the top down. Each column is a group. Each row is a block, and its bars are the channels that the block convolves, in colour in a lightweight group. The group's own convolution is at the bottom. {0} A ✓ in the lists marks a choice with trained weights.":
    "Die Zeichnung liest sich von oben nach unten. Jede Spalte ist eine Gruppe. Jede Zeile ist ein Block, und ihre Balken sind die Kanäle, die der Block faltet, in leichten Gruppen farbig. Unten steht die eigene Faltung der Gruppe. {0} Ein ✓ in den Listen bedeutet, dass es dafür trainierte Gewichte gibt.",
  "A lightweight group, enlarged:": "Eine leichte Gruppe, vergrößert:",
  "A lightweight block, enlarged:": "Ein leichter Block, vergrößert:",
  "Bicubic, ×{0}; then on luma only": "Bikubisch, ×{0}; dann nur auf der Helligkeit",
  "Bicubic enlargement, then three convolutions on luma only: {0}":
    "Bikubische Vergrößerung, dann drei Faltungen nur auf der Helligkeit: {0}",
  "Head, {0} residual blocks, upsampler, tail": "Kopf, {0} Residualblöcke, Upsampler, Ende",
  "The channels of {0} blocks, and how they move from one block to the next": {
    one: "Die Kanäle von {0} Block, und wie sie von einem Block zum nächsten wandern",
    other: "Die Kanäle von {0} Blöcken, und wie sie von einem Block zum nächsten wandern",
  },

  // Fine-tuning
  "Fine-tune": "Nachtrainieren",
  "Fine-tuning": "Nachtraining",
  "Fine-tuning <0>{0}</0>": "Nachtraining: <0>{0}</0>",
  "Fine-tune on your pictures": "Mit eigenen Bildern nachtrainieren",
  "Train on your pictures": "Mit eigenen Bildern trainieren",
  "Show progress": "Fortschritt zeigen",
  Close: "Schließen",
  Pictures: "Bilder",
  "Training length": "Dauer des Trainings",
  "Name of the new model": "Name des neuen Modells",
  Settings: "Einstellungen",
  "Trains the network you chose: {0}. It starts with the weights that fit from <0>{1}</0>, and learns the rest from that model and from your pictures, which stay on this device.":
    "Trainiert das gewählte Netz: {0}. Es beginnt mit den passenden Gewichten von <0>{1}</0> und lernt den Rest von diesem Modell und von den eigenen Bildern, die auf diesem Gerät bleiben.",
  "A few minutes of training cannot match a model that was trained for hours. The curve shows how close it gets.":
    "Ein paar Minuten Training können ein Modell, das Stunden trainiert wurde, nicht erreichen. Die Kurve zeigt, wie nah es kommt.",
  "Makes <0>{0}</0> better at pictures like yours. Training runs on this device, and your pictures stay on it.":
    "Macht <0>{0}</0> besser für Bilder wie die eigenen. Das Training läuft auf diesem Gerät, und die Bilder bleiben darauf.",
  "Makes <0>{0}</0> better at pictures like yours. Training runs on this device.":
    "Macht <0>{0}</0> besser für Bilder wie die eigenen. Das Training läuft auf diesem Gerät.",
  "Trains the network you chose on this device. It starts from <0>{0}</0>, the closest trained model.":
    "Trainiert das gewählte Netz auf diesem Gerät. Es beginnt mit <0>{0}</0>, dem ähnlichsten trainierten Modell.",
  "{0} steps, {1}": "{0} Schritte, {1}",
  "Start fine-tuning": "Nachtraining starten",
  "Training progress": "Fortschritt des Trainings",
  "The best version so far is saved as {0} in the list of models.":
    "Der bisher beste Stand ist als {0} in der Liste der Modelle gespeichert.",
  "{0} steps per second": "{0} Schritte pro Sekunde",
  "{0} s per step": "{0} s pro Schritt",
  "Step {0} of {1}": "Schritt {0} von {1}",
  "step {0} of {1}": "Schritt {0} von {1}",
  "step {0}": "Schritt {0}",
  "{0} steps": { one: "{0} Schritt", other: "{0} Schritte" },
  "checkpoint at step {0}": "Zwischenstand bei Schritt {0}",
  "none yet": "noch keiner",
  Loss: "Loss",
  "Training loss by step, latest {0}": "Loss des Trainings nach Schritten, zuletzt {0}",
  validation: "Validierung",
  "Validation PSNR by step: now {0} dB, {1} {2} dB, bicubic {3} dB":
    "PSNR der Validierung nach Schritten: jetzt {0} dB, {1} {2} dB, bikubisch {3} dB",
  Before: "Vorher",
  Now: "Jetzt",
  "Detail of a validation picture: {0}": "Detail eines Validierungsbilds: {0}",
  "For validation, {0} of the {1} pictures are held out of training.": {
    one: "Für die Validierung bleibt {0} der {1} Bilder aus dem Training heraus.",
    other: "Für die Validierung bleiben {0} der {1} Bilder aus dem Training heraus.",
  },
  "For validation, a part of the picture is held out of training.":
    "Für die Validierung bleibt ein Teil des Bilds aus dem Training heraus.",
  "For validation, a part of each picture is held out of training.":
    "Für die Validierung bleibt ein Teil jedes Bilds aus dem Training heraus.",
  "For validation, a part of {0} of the {1} pictures is held out of training.":
    "Für die Validierung bleibt ein Teil von {0} der {1} Bilder aus dem Training heraus.",
  "That is too little for a reliable score. More pictures would make it more reliable.":
    "Das ist zu wenig für eine verlässliche Wertung. Mehr Bilder würden sie verlässlicher machen.",
  "Training runs on the {0} ({1}: {2}).": "Das Training läuft auf der {0} ({1}: {2}).",
  Keep: "Behalten",
  Discard: "Verwerfen",
  "Discard {0}": "{0} verwerfen",
  "Discard {0} and go back to {1}": "{0} verwerfen und zurück zu {1}",
  "Discarded {0}. <0>Undo</0>": "{0} verworfen. <0>Rückgängig</0>",
  "Delete {0} and go back to {1}": "{0} löschen und zurück zu {1}",
  "Saved <0>{0}</0>. {1} <1>Undo</1>": "<0>{0}</0> gespeichert. {1} <1>Rückgängig</1>",
  "Resume {0} from step {1}": "{0} ab Schritt {1} fortsetzen",
  "Download model": "Modell herunterladen",
  "End the training, with the best step so far": "Das Training mit dem bisher besten Schritt beenden",
  "Finish now": "Jetzt beenden",
  Pause: "Pause",
  Resume: "Fortsetzen",
  "Add the best step so far to the list of models": "Den bisher besten Schritt in die Liste der Modelle aufnehmen",
  "Save model": "Modell speichern",
  "Save and keep training": "Speichern und weiter trainieren",
  "Save best so far": "Besten Stand speichern",
  "Discard {0}? Its training will be lost, and the page will use {1} again.":
    "{0} verwerfen? Das Training geht verloren, und die Seite verwendet wieder {1}.",
  "Reading the pictures and scoring {0}…": "Die Bilder werden gelesen, und {0} wird bewertet …",
  "Pausing after the current step…": "Pause nach dem aktuellen Schritt …",
  "Paused. You can resume at any time, even on another day.":
    "Pausiert. Fortsetzen geht jederzeit, auch an einem anderen Tag.",
  "Finishing after the current step…": "Ende nach dem aktuellen Schritt …",
  "The score has stopped improving. You can finish now; the best step is kept.":
    "Die Wertung wird nicht mehr besser. Das Training kann jetzt enden; der beste Schritt bleibt erhalten.",
  "Training. You can close this dialog and keep using the page.":
    "Training läuft. Dieser Dialog darf geschlossen und die Seite weiter benutzt werden.",
  "It may take {0} on this device.": "Das kann auf diesem Gerät {0} dauern.",
  "{0}: reading the pictures and scoring {1}…": "{0}: Die Bilder werden gelesen, und {1} wird bewertet …",
  "{0} is done but not saved yet.": "{0} ist fertig, aber noch nicht gespeichert.",
  "{0}: finishing at {1}": "{0}: endet bei {1}",
  "{0}: paused at {1}": "{0}: pausiert bei {1}",
  ", {0} left": ", noch {0}",
  "The pictures of {0} are no longer on this device, so it cannot be resumed. Discard it and start again.":
    "Die Bilder von {0} sind nicht mehr auf diesem Gerät, daher lässt es sich nicht fortsetzen. Bitte verwerfen und neu beginnen.",
  "{0} is already being fine-tuned in another window.": "{0} wird schon in einem anderen Fenster nachtrainiert.",
  "The checkpoint from step {0} is still stored.": "Der Zwischenstand von Schritt {0} ist noch gespeichert.",
  "It is now the selected model.": "Es ist jetzt das gewählte Modell.",
  "Training continues. Download the model to keep it.":
    "Das Training läuft weiter. Zum Behalten bitte das Modell herunterladen.",
  "Fine-tuning could not be loaded ({0}). Check the connection and try again.":
    "Das Nachtraining konnte nicht geladen werden ({0}). Bitte die Verbindung prüfen und noch einmal versuchen.",
  "{0} vs. {1}, {2} vs. bicubic": "{0} gegenüber {1}, {2} gegenüber bikubisch",
  "Best at step {0}: {1}": "Am besten bei Schritt {0}: {1}",
  "The validation score improved little or not at all: {0}":
    "Die Wertung der Validierung ist wenig oder gar nicht besser geworden: {0}",
  "No step improved the validation score: {0}": "Kein Schritt hat die Wertung der Validierung verbessert: {0}",
  "The validation score did not improve, so the best model is still {0}. More pictures of the same kind may help.":
    "Die Wertung der Validierung ist nicht besser geworden, daher ist {0} noch immer das beste Modell. Mehr Bilder dieser Art können helfen.",
  "At most {0} pictures can be used: {1} were left out.": {
    one: "Höchstens {0} Bilder sind möglich: {1} wurde ausgelassen.",
    other: "Höchstens {0} Bilder sind möglich: {1} wurden ausgelassen.",
  },
  "That was not a file. Save the picture first, then choose or drop the file.":
    "Das war keine Datei. Bitte das Bild erst speichern, dann die Datei auswählen oder hierher ziehen.",
  "Choose at least one picture to fine-tune on.": "Bitte mindestens ein Bild für das Nachtraining auswählen.",
  "{0}: The picture is too small. With fewer than {1} pictures, a quarter of each is kept for validation, so the longer side must have at least {2} pixels. Use a larger picture, or more pictures.":
    "{0}: Das Bild ist zu klein. Bei weniger als {1} Bildern dient ein Viertel von jedem der Validierung, daher muss die längere Seite mindestens {2} Pixel haben. Bitte ein größeres Bild oder mehr Bilder nehmen.",
  "The picture is too small ({0} × {1} pixels). Each side must have at least {2} pixels.":
    "Das Bild ist zu klein ({0} × {1} Pixel). Jede Seite muss mindestens {2} Pixel haben.",
  "<0>Or drop them here.</0> Use 1 to {0} sharp pictures of the kind you want to enlarge.":
    "<0>Oder hierher ziehen.</0> Es sollten 1 bis {0} scharfe Bilder der Art sein, die vergrößert werden soll.",
  "Add pictures": "Bilder hinzufügen",
  "Choose pictures": "Bilder auswählen",
  "Reading {0} pictures…": { one: "{0} Bild wird gelesen …", other: "{0} Bilder werden gelesen …" },
  "{0} pictures": { one: "{0} Bild", other: "{0} Bilder" },

  // Settings of the training
  Quick: "Kurz",
  "for a first try": "zum Ausprobieren",
  Normal: "Normal",
  "for most pictures": "für die meisten Bilder",
  Long: "Lang",
  "for many pictures": "für viele Bilder",
  Steps: "Schritte",
  "training steps in total": "Trainingsschritte insgesamt",
  "Learning rate": "Lernrate",
  "lower is gentler": "kleiner ist sanfter",
  "Batch size": "Batchgröße",
  "patches per step": "Patches pro Schritt",
  "Patch size": "Patchgröße",
  "side, in pixels of your picture": "Seite, in Pixeln des Bilds",
  "Replay, %": "Replay, %",
  "generic pictures mixed in": "beigemischte allgemeine Bilder",
  "Forgetting limit, dB": "Grenze des Vergessens, dB",
  "allowed loss on generic pictures": "erlaubter Verlust bei allgemeinen Bildern",
  "no limit": "keine Grenze",
  Seed: "Startwert",
  "for random choices": "für den Zufall",
  Blur: "Unschärfe",
  "standard deviation, in pixels of your picture": "Standardabweichung, in Pixeln des Bilds",
  Noise: "Rauschen",
  "standard deviation, in levels of 255": "Standardabweichung, in Stufen von 255",
  "JPEG quality": "JPEG-Qualität",
  "leave empty for no JPEG": "leer lassen für kein JPEG",
  none: "keine",
  "All weights": "Alle Gewichte",
  "Last layers only": "Nur die letzten Schichten",
  "Lightweight blocks only": "Nur die leichten Blöcke",
  "Bicubic, as in scoring": "Bikubisch, wie bei der Bewertung",
  "Area average, as in cameras and apps": "Flächenmittel, wie in Kameras und Apps",
  "Lanczos, the sharpest": "Lanczos, am schärfsten",
  "Bilinear, the softest": "Bilinear, am weichsten",
  "The same for all pictures": "Gleich für alle Bilder",
  "At random, as on the web: blur, noise, JPEG of quality 10 to 95":
    "Zufällig, wie im Web: Unschärfe, Rauschen, JPEG mit Qualität 10 bis 95",
  "Full resolution (4:4:4)": "Volle Auflösung (4:4:4)",
  "Half the resolution (4:2:0), as most files": "Halbe Auflösung (4:2:0), wie die meisten Dateien",
  "Training degradation: how the small pictures are made": "Verschlechterung: wie die kleinen Bilder entstehen",
  "Weights to train": "Zu trainierende Gewichte",
  Damage: "Schäden",
  Downscaling: "Verkleinerung",
  "JPEG colours": "JPEG-Farben",
  "{0} to {1}": "{0} bis {1}",

  // Offline use
  "A new version is available. {0}": "Eine neue Version ist da. {0}",
  Reload: "Neu laden",
  "Everything is saved on this device, so the page works offline.":
    "Alles ist auf diesem Gerät gespeichert; die Seite funktioniert auch offline.",
  "There is no room on this device for everything. Free some space and try again.":
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
  "Browsers give a camera only to secure pages. Open this page with https, or open a video file.":
    "Browser geben die Kamera nur sicheren Seiten. Bitte diese Seite mit https oder eine Videodatei öffnen.",
  "The camera did not start. Choose Camera again, or open a video file.":
    "Die Kamera ist nicht gestartet. Bitte noch einmal „Kamera“ wählen oder eine Videodatei öffnen.",
  "Sharing has ended. To go on, choose Screen again.": "Das Teilen ist beendet. Weiter geht es mit „Bildschirm“.",
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
  "Save the enlarged part as PNG, as it is now": "Den vergrößerten Ausschnitt, wie er jetzt ist, als PNG speichern",
  Save: "Speichern",
  "Open this part in the page, to enlarge it with the model that is chosen there":
    "Diesen Ausschnitt in der Seite öffnen und mit dem dort gewählten Modell vergrößern",
  "Enlarge<0>&nbsp;with the full network</0>": "Vergrößern<0>&nbsp;mit dem vollen Netz</0>",
  Continue: "Weiter",
  Freeze: "Anhalten",
  "Shared picture": "Geteiltes Bild",
  "Opening the video…": "Das Video wird geöffnet …",
  "Waiting for the picture. The browser may ask you to allow it.":
    "Warten auf das Bild. Vielleicht fragt der Browser nach der Erlaubnis.",
  "Paused while this page is hidden.": "Pausiert, solange diese Seite verborgen ist.",
  "Frozen. You can still move the part, and make it larger.":
    "Angehalten. Der Ausschnitt lässt sich noch verschieben und vergrößern.",
  "Drag the rectangle. Zoom with <0>the wheel, + and −, or</0>two fingers.":
    "Das Rechteck ziehen. Zoomen mit <0>Mausrad, + und − oder </0>zwei Fingern.",
  "Starting the engine…": "Die Engine startet …",
  "{0} × {1} → {2} × {3} pixels": "{0} × {1} → {2} × {3} Pixel",
  "graphics card": "Grafikkarte",
  "processor, {0} workers": { one: "Prozessor, {0} Worker", other: "Prozessor, {0} Worker" },
  "{0} frames a second with a delay of {1}.": "{0} Bilder pro Sekunde mit {1} Verzögerung.",
  "The camera delivers no more than that.": "Mehr liefert die Kamera nicht.",
  "The video delivers no more than that.": "Mehr liefert das Video nicht.",
  "The screen delivers no more than that.": "Mehr liefert der Bildschirm nicht.",
  "This device cannot reach {0} frames a second, even with the smallest part.":
    "Dieses Gerät erreicht {0} Bilder pro Sekunde nicht, auch nicht mit dem kleinsten Ausschnitt.",
  "A larger part would be slower.": "Ein größerer Ausschnitt wäre langsamer.",
  "The part, enlarged without a network": "Der Ausschnitt, ohne Netz vergrößert",
  "The part, enlarged by the network": "Der Ausschnitt, vom Netz vergrößert",
  "The browser could not create a canvas for the picture. Reload the page.":
    "Der Browser konnte keine Zeichenfläche für das Bild anlegen. Bitte die Seite neu laden.",
  "The camera was off while this page was hidden. It is on again.":
    "Die Kamera war aus, solange diese Seite verborgen war. Sie ist wieder an.",
  "The video was paused while this page was hidden.": "Das Video war pausiert, solange diese Seite verborgen war.",
  "This site has no model for live pictures. Ask its owner to add splitsr-tiny-x2.":
    "Diese Website hat kein Modell für Live-Bilder. Wer sie betreibt, muss splitsr-tiny-x2 hinzufügen.",
  "a picture from the camera": "ein Bild von der Kamera",
  "a picture from the video": "ein Bild aus dem Video",
};
