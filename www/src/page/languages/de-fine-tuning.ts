/** German: fine-tuning. */
import type { Texts } from "../shared/words.ts";

export const texts: Texts = {
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
};
