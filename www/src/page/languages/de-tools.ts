/** German: links, scores, models and the network. */
import type { Texts } from "../shared/words.ts";

export const texts: Texts = {
  // Links
  "Link copied.": "Link kopiert.",
  "Link copied, without your picture.": "Link kopiert, ohne das Bild.",
  "Copy link": "Link kopieren",
  "Copy link with the settings only": "Link nur mit den Einstellungen kopieren",
  "Copy link with a compressed copy": "Link mit komprimierter Kopie kopieren",
  "Your picture is too large for a link. This one will hold a compressed copy of up to {0}, which is less sharp.":
    "Das Bild ist zu groß für einen Link. Dieser wird eine komprimierte Kopie von bis zu {0} enthalten, die weniger scharf ist.",
  "Copy link with the compressed copy": "Link mit der komprimierten Kopie kopieren",
  "The link contains a compressed copy of the picture, which is less sharp.":
    "Der Link enthält eine komprimierte Kopie des Bildes, die weniger scharf ist.",
  "Copy link with the part ({0})": "Link mit dem Ausschnitt kopieren ({0})",
  "Copy link with the part": "Link mit dem Ausschnitt kopieren",
  "The link will hold only this part of your picture.": "Der Link wird nur diesen Ausschnitt des Bildes enthalten.",
  "The link will hold this part of your picture; above {0}, a compressed copy.":
    "Der Link wird diesen Ausschnitt des Bildes enthalten, über {0} eine komprimierte Kopie.",
  "Copy link with the picture ({0})": "Link mit dem Bild kopieren ({0})",
  "Copy link with the picture": "Link mit dem Bild kopieren",
  "The link will hold your file as it is, including any metadata.":
    "Der Link wird die Datei enthalten, wie sie ist, samt ihren Metadaten.",
  "The link will hold your picture; above {0}, a compressed copy.":
    "Der Link wird das Bild enthalten, über {0} eine komprimierte Kopie.",
  "Making the link…": "Der Link wird erstellt …",
  "The browser does not allow copying. Copy the link from here:":
    "Der Browser erlaubt das Kopieren nicht. Der Link lässt sich hier kopieren:",
  Link: "Link",
  "The link opens a picture that has not been loaded.": "Der Link öffnet ein Bild, das nicht geladen wurde.",
  "The link opens the picture at {0}, which has not been loaded.":
    "Der Link öffnet das Bild auf {0}, das nicht geladen wurde.",
  "The link points to the picture at {0}. The page asks before it loads the picture.":
    "Der Link verweist auf das Bild auf {0}. Wer ihn öffnet, wird gefragt, bevor das Bild geladen wird.",
  "The link opens this picture, enlarged the same way.": "Der Link öffnet dieses Bild, ebenso vergrößert.",
  "It is {0} KB long.": "Er ist {0} KB lang.",
  "It contains the file as it is, including any metadata.": "Er enthält die Datei, wie sie ist, samt ihren Metadaten.",
  "The link opens a compressed copy of your picture: a JPEG of {0}.":
    "Der Link öffnet eine komprimierte Kopie Ihres Bildes: ein JPEG mit {0}.",
  "Remove the picture from the link": "Bild aus dem Link entfernen",
  "{0} is only on this device, so this link works only here. <0>Download the model</0> and send it along with the link. It can be loaded under Model.":
    "{0} ist nur auf diesem Gerät, daher geht dieser Link nur hier. <0>Modell herunterladen</0> und mit dem Link verschicken. Unter „Modell“ lässt es sich laden.",
  "The link is too long to be from this page.": "Der Link ist zu lang, um von dieser Seite zu sein.",
  "The link's model, {0}, is no longer here. The elastic model enlarges with the same settings.":
    "Das Modell des Links, {0}, gibt es hier nicht mehr. Das elastische Modell vergrößert mit denselben Einstellungen.",
  "The link uses a model that this page does not have.":
    "Der Link verwendet ein Modell, das es auf dieser Seite nicht gibt.",
  "The link compares with something that this page does not have.":
    "Der Link vergleicht mit etwas, das es auf dieser Seite nicht gibt.",
  "The link compares with more than {0} others.": "Der Link vergleicht mit mehr als {0} anderen.",
  "The link's {0} is not one of the choices.": "Im Link steht ein Wert, der nicht zur Auswahl steht: {0}.",
  "The link cannot be read.": "Der Link ist nicht lesbar.",
  "The link uses a picture that this page does not have.":
    "Der Link verwendet ein Bild, das es auf dieser Seite nicht gibt.",
  "The link's factor is not a number from {0} to {1}.": "Der Faktor des Links ist keine Zahl von {0} bis {1}.",
  "The link names an unknown device.": "Der Link nennt ein unbekanntes Gerät.",
  "The link's clean-up must be auto or a number from 0 to 100.":
    "Für das Bereinigen muss im Link „auto“ oder eine Zahl von 0 bis 100 stehen.",
  "The link's selected part cannot be read.": "Der Ausschnitt im Link ist nicht lesbar.",
  "The link's hashes cannot be read.": "Die Prüfsummen im Link sind nicht lesbar.",
  "The link's view cannot be read.": "Die Ansicht im Link ist nicht lesbar.",
  "The link's view uses an option this page does not have.":
    "Die Ansicht im Link verwendet eine Option, die es auf dieser Seite nicht gibt.",
  "The link's file format cannot be read.": "Das Dateiformat im Link ist nicht lesbar.",
  "The link's scale for scoring is not one of the choices.":
    "Der Faktor für die Bewertung im Link steht nicht zur Auswahl.",
  "The link's picture is too large for a link.": "Das Bild im Link ist zu groß für einen Link.",
  "The link's picture is empty.": "Das Bild im Link ist leer.",
  "The link's picture is cut short.": "Das Bild im Link ist abgeschnitten.",

  // Hyper-parameters
  Trained: "Trainiert",
  "Not trained: train it yourself": "Nicht trainiert: selbst trainieren",

  // Verifying
  "Verify the result": "Ergebnis prüfen",
  "Only the CPU gives the same result on every machine, bit for bit. Set the device to Processor (CPU) or Automatic.":
    "Nur die CPU liefert auf jedem Rechner Bit für Bit dasselbe Ergebnis. Bitte als Gerät „Prozessor (CPU)“ oder „Automatisch“ wählen.",
  "For those who need proof: enlarges again by a slower method that gives the same result on every device, and puts its check value (SHA-256) into the link. Whoever opens the link can compare.":
    "Für alle, die einen Nachweis brauchen: vergrößert noch einmal mit einem langsameren Verfahren, das auf jedem Gerät dasselbe Ergebnis liefert, und nimmt dessen Prüfsumme (SHA-256) in den Link auf. Wer den Link öffnet, kann vergleichen.",
  "The link contains the expected result. It is not verified yet.":
    "Der Link enthält das erwartete Ergebnis. Es ist noch nicht geprüft.",
  "The result shown is identical to the exact one.": "Das gezeigte Ergebnis ist mit dem exakten identisch.",
  "The result shown differs from the exact one by at most {0} of 255 levels.":
    "Das gezeigte Ergebnis weicht vom exakten um höchstens {0} von 255 Stufen ab.",
  "The link now contains the check value of the exact result.":
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
  "This picture is compressed. Shrinking hides its artefacts, so the scores say nothing about how well a model cleans them up.":
    "Dieses Bild ist komprimiert. Das Verkleinern verdeckt seine Artefakte: Die Werte sagen nichts darüber, wie gut ein Modell sie entfernt.",
  "Shrinks the picture, enlarges it again with every model and resizer, and compares each result with your picture. Higher PSNR and SSIM mean a closer match. Use a sharp picture.":
    "Verkleinert das Bild, vergrößert es mit jedem Modell und einfachen Verfahren wieder und vergleicht jedes Ergebnis mit dem Bild selbst. Je höher PSNR und SSIM, desto näher liegt es am Bild. Das Bild sollte scharf sein.",
  "Scale factor": "Skalierungsfaktor",
  "Horizontal axis of the plot": "Waagerechte Achse des Diagramms",
  "PSNR vs. {0}": "PSNR gegen {0}",
  "Models are green, resizers grey. The ring marks the chosen model.":
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
  "Choose the model automatically": "Modell automatisch wählen",
  "{0} parameters": "{0} Parameter",
  "Chosen automatically, to suit the factor.": "Automatisch gewählt, passend zum Faktor.",
  "You chose this model.": "Selbst gewählt.",
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
  "Elastic ×{0} (choose the speed)": "Elastisch ×{0} (Tempo wählbar)",
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
  "There is no space left on this device. Earlier versions are still saved; free up space to save new ones.":
    "Auf diesem Gerät ist kein Platz mehr. Frühere Stände sind noch gespeichert; für neue muss Platz frei werden.",
  "The browser does not let this page save anything on this device ({0}).":
    "Der Browser lässt diese Seite nichts auf diesem Gerät speichern ({0}).",

  // Network
  Network: "Netz",
  "For those who study the network. To enlarge pictures, you need nothing here.":
    "Für alle, die das Netz erforschen. Zum Vergrößern wird hier nichts gebraucht.",
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
  "Choose settings marked ✓ under Network, or train this network under Fine-tune.":
    "Bitte unter „Netz“ Einstellungen mit ✓ wählen oder dieses Netz unter „Nachtrainieren“ trainieren.",
  "Choose settings marked ✓ under Network, or another model.":
    "Bitte unter „Netz“ Einstellungen mit ✓ oder ein anderes Modell wählen.",
  "This network has not been trained, so it cannot enlarge.":
    "Dieses Netz ist nicht trainiert und kann daher nicht vergrößern.",
  "{0} is included for comparison and has none of SplitSR's hyper-parameters. {1}":
    "{0} ist zum Vergleich dabei und hat keine der Hyperparameter von SplitSR. {1}",
  "This model contains a network for each split ratio, hybrid index and mode. Moving a slider updates the result if that takes at most four seconds. {0}":
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
  "Each dot is a network of this model; the line connects those with the current split ratio. Each diamond is a model trained for one network alone.":
    "Jeder Punkt ist ein Netz dieses Modells; die Linie verbindet die mit dem aktuellen Split-Verhältnis. Jede Raute ist ein Modell, das nur für ein Netz trainiert wurde.",
  faster: "schneller",
  better: "besser",
  Quality: "Qualität",
  "no clean-up": "ohne Bereinigen",
  "Time limit for the picture, in ms": "Zeitlimit für das Bild, in ms",
  "The time limit must be above 0 ms.": "Das Zeitlimit muss über 0 ms liegen.",
  "Chooses the best network expected to finish in this time":
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
  "Read the drawing from top to bottom. Each column is a group. Each row is a block, and its bars are the channels it convolves, in colour in lightweight groups. The group's own convolution is at the bottom. {0} A ✓ in the lists marks a choice with trained weights.":
    "Die Zeichnung liest sich von oben nach unten. Jede Spalte ist eine Gruppe. Jede Zeile ist ein Block, und ihre Balken sind die Kanäle, die der Block faltet, in leichten Gruppen farbig. Unten steht die eigene Faltung der Gruppe. {0} Ein ✓ in den Listen bedeutet, dass es dafür trainierte Gewichte gibt.",
  "A lightweight group, enlarged:": "Eine leichte Gruppe, vergrößert:",
  "A lightweight block, enlarged:": "Ein leichter Block, vergrößert:",
  "Bicubic, ×{0}; then on luma only": "Bikubisch, ×{0}; dann nur auf der Helligkeit",
  "Bicubic enlargement, then three convolutions on luma only: {0}":
    "Bikubische Vergrößerung, dann drei Faltungen nur auf der Helligkeit: {0}",
  "Head, non-local block, {0} groups with second-order attention, non-local block, upsampler, tail":
    "Kopf, nichtlokaler Block, {0} Gruppen mit Aufmerksamkeit zweiter Ordnung, nichtlokaler Block, Upsampler, Ende",
  "Non-local block in windows of 24 × 24 pixels": "Nichtlokaler Block in Fenstern von 24 × 24 Pixeln",
  "Second-order attention at the end of each group": "Aufmerksamkeit zweiter Ordnung am Ende jeder Gruppe",
  "Head, {0} residual blocks, upsampler, tail": "Kopf, {0} Residualblöcke, Upsampler, Ende",
  "The channels of {0} blocks, and how they move from one block to the next": {
    one: "Die Kanäle von {0} Block, und wie sie von einem Block zum nächsten wandern",
    other: "Die Kanäle von {0} Blöcken, und wie sie von einem Block zum nächsten wandern",
  },
  Schedule: "Aufteilung",
  "The link's schedule or time limit needs an elastic model.":
    "Aufteilung und Zeitlimit im Link brauchen ein elastisches Modell.",
  "The link's time limit must be a number of milliseconds above 0.":
    "Das Zeitlimit im Link muss eine Zahl von Millisekunden über 0 sein.",
  "The link names a schedule that this page does not have.":
    "Der Link nennt eine Aufteilung, die diese Seite nicht hat.",
  "The link's effort must be a number from 0 to 100.": "Der Aufwand im Link muss eine Zahl von 0 bis 100 sein.",
  Effort: "Aufwand",
  "Below 100 %, the network enlarges only the parts that gain much from it. A smaller network or plain (bicubic) enlarging does the rest, on the processor.":
    "Unter 100 % vergrößert das Netz nur die Teile, die dadurch viel gewinnen. Den Rest erledigt ein kleineres Netz oder einfaches (bikubisches) Vergrößern, auf dem Prozessor.",
  "Show which network computed what": "Zeigen, welches Netz was berechnet hat",
  "the network": "das Netz",
  "the smaller network": "das kleinere Netz",
  "Parts enlarged by the network: {0}, by the smaller one: {1}, by bicubic: {2}. That took {3} % of the full work.":
    "Vom Netz vergrößerte Teile: {0}, vom kleineren: {1}, bikubisch: {2}. Das waren {3} % der vollen Arbeit.",
  "The exact result comes from the network alone, at an effort of 100 %.":
    "Das exakte Ergebnis stammt vom Netz allein, mit einem Aufwand von 100 %.",
  "looks about as sharp as the best (PSNR {0} dB lower)":
    "sieht etwa so scharf aus wie das beste (PSNR {0} dB niedriger)",
  "a little less sharp than the best (PSNR {0} dB lower)": "etwas weniger scharf als das beste (PSNR {0} dB niedriger)",
  "less sharp than the best (PSNR {0} dB lower)": "weniger scharf als das beste (PSNR {0} dB niedriger)",
  "{0} (split ratio {1}, hybrid index {2})": "{0} (Split-Verhältnis {1}, Hybrid-Index {2})",
};
