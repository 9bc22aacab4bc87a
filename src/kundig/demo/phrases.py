# ruff: noqa: ISC004 -- long phrases go on in the next line
"""The phrases of the grammar, by theme, mood and language. All of them were written for this company.

The company's own jargon ("Bereitstellungsentgelt" …) must never stand here: customers say it in their own words.
"""

from __future__ import annotations

_FACTS: dict[str, tuple[str, str, str, str]] = {
    # theme: German good | German bad | English good | English bad; phrases are parted by |
    "app": (
        "Die App ist übersichtlich.|In der App finde ich alles sofort.|Der Datenverbrauch steht in der App gut sichtbar.|Mit der App war die Adresse in einer Minute geändert.",
        "Die App stürzt beim Anmelden ab.|In der App finde ich meine Rechnung nicht.|Die App vergisst ständig mein Passwort.|Seit der neuen Fassung lädt die App ewig.",
        "The app is easy to use.|I found everything in the app.|Changing my address in the app worked at once.",
        "The app crashes when I log in.|I cannot find my bill in the app.|The app keeps forgetting my password.",
    ),
    "billing": (
        "Die Rechnung stimmt und ist gut zu lesen.|Der falsche Betrag wurde schnell erstattet.|Die Gutschrift kam ohne Nachfragen.|Die Abrechnung ist endlich verständlich.",
        "Auf der Rechnung steht wieder ein falscher Betrag.|Mir wurde die Anschlussgebühr doppelt berechnet.|Ich zahle für etwas, das ich nie bestellt habe.|Die Rechnung versteht kein Mensch.|"
        "Die versprochene Gutschrift fehlt noch immer.|Nach der Rücklastschrift kam gleich die Mahnung.|Abgebucht wurde mehr, als vereinbart war.",
        "The bill is correct and easy to read.|The wrong amount was refunded quickly.|I finally understand my invoice.",
        "The bill is wrong again.|I was charged the connection fee twice.|I am paying for something I never ordered.|The promised credit is still missing.",
    ),
    "delivery": (
        "Das Paket war am nächsten Tag da.|Die Lieferung kam pünktlich.|Das Gerät war gut verpackt.",
        "Das Paket ist nie angekommen.|Die Lieferung wurde dreimal verschoben.|Das Gerät kam beschädigt an.|Der Paketbote hat nicht einmal geklingelt.|Geliefert wurde das falsche Gerät.",
        "The parcel arrived the next day.|Delivery was on time.|The device was well packed.",
        "The parcel never arrived.|Delivery was postponed three times.|They sent the wrong device.",
    ),
    "launch_box": (
        "Die neue Fiber Box sieht klasse aus.|Die Fiber Box ist richtig schnell.|Fiber Box angeschlossen, läuft.|Auf die Fiber Box habe ich gewartet.",
        "Die Fiber Box startet dauernd neu.|Die Fiber Box wird glühend heiß.|Meine Fiber Box findet das Netz nicht.|Die Fiber Box ist unfertig verkauft worden.|Fiber Box gekauft, seitdem offline.",
        "The new Fiber Box looks great.|The Fiber Box is really fast.|Fiber Box plugged in and running.",
        "The Fiber Box keeps rebooting.|The Fiber Box gets burning hot.|My Fiber Box cannot find the network.",
    ),
    "launch_watch": (
        "Die Nordwind Watch sitzt gut.|Der Akku der Watch hält lange.|Die Watch ist hübscher als gedacht.|Mit der Watch telefoniere ich beim Laufen.",
        "Die Watch ist mir zu groß.|Das Armband der Watch drückt.|Die Watch zählt meine Schritte falsch.",
        "The Nordwind Watch fits nicely.|The battery of the Watch lasts.|I take calls on the Watch while running.",
        "The Watch is too big for me.|The strap of the Watch is stiff.",
    ),
    "loyalty": (
        "Ich bin seit Jahren gern hier Kunde.|Nordwind empfehle ich jedem.|Hier stimmt das Gesamtpaket.|Bisher hat alles funktioniert.",
        "Als treuer Kunde fühle ich mich veralbert.|Neue Kunden werden besser behandelt als ich.|Um Bestandskunden kümmert sich niemand.|Vom guten Ruf ist nicht viel geblieben.",
        "I have been a happy customer for years.|I recommend Nordwind to everybody.|Everything has worked so far.",
        "As a loyal customer I feel fooled.|New customers are treated better than I am.|Nobody cares about existing customers.",
    ),
    "network": (
        "Das Internet läuft stabil.|Das Netz ist hier draußen erstaunlich gut.|Die Geschwindigkeit stimmt.|Die Störung war nach einer Stunde vorbei.",
        "Das Internet fällt jeden Abend aus.|Im Haus habe ich keinen Empfang.|Die Leitung ist viel langsamer als bezahlt.|Seit der Störungsmeldung hat sich niemand gerührt.|Beim Telefonieren bricht das Gespräch ab.",
        "The internet is stable.|Coverage out here is surprisingly good.|The speed is what I pay for.",
        "The internet drops every evening.|There is no signal in my house.|The line is far slower than what I pay for.|Calls keep breaking up.",
    ),
    "porting": (
        "Meine alte Nummer war nach zwei Tagen da.|Die Mitnahme der Rufnummer ging reibungslos.|Der Nummernumzug hat einfach geklappt.",
        "Ich warte noch immer auf meine alte Nummer.|Das Formular für die Nummernmitnahme wurde zweimal verlangt.|Beim Wechsel der Rufnummer war ich tagelang nicht erreichbar.|Meine Nummer hängt beim alten Anbieter fest.",
        "My old number was here after two days.|Keeping my number was painless.",
        "I am still waiting for my old number.|They asked for the number transfer form twice.|For days nobody could reach me while my number moved.",
    ),
    "price": (
        "Der Preis ist fair.|Für das Geld bekomme ich viel.|Der Tarif passt genau zu mir.",
        "Das wird mir alles zu teuer.|Schon wieder eine Preiserhöhung.|Für diesen Preis erwarte ich mehr.|Anderswo kostet das weniger.",
        "The price is fair.|Good value for money.|The plan suits me well.",
        "It is getting too expensive.|Another price increase already.|For this price I expect more.",
    ),
    "router": (
        "Der Router läuft ohne Aussetzer.|Das WLAN reicht bis in den Garten.|Der Router war in zehn Minuten eingerichtet.",
        "Der Router hängt sich ständig auf.|Das WLAN reicht nicht einmal bis ins Nebenzimmer.|Der Router muss jeden Tag neu gestartet werden.|Der Router pfeift.",
        "The router runs without dropouts.|The wifi reaches the garden.|Setting up the router took ten minutes.",
        "The router freezes all the time.|The wifi does not even reach the next room.|The router must be restarted every day.",
    ),
    "service": (
        "Die Mitarbeiterin am Telefon war sehr freundlich.|Mein Anliegen wurde sofort gelöst.|Der Kundendienst hat mitgedacht.|Ich musste mein Problem nur einmal erklären.",
        "Ich wurde von einer Abteilung zur nächsten geschickt.|Niemand fühlt sich zuständig.|Die Warteschleife ist endlos.|Jeder am Telefon sagt etwas anderes.|Auf meine Nachricht hat keiner geantwortet.",
        "The agent on the phone was very friendly.|My request was solved at once.|I had to explain my problem only once.",
        "I was sent from one department to the next.|Nobody feels responsible.|The waiting loop is endless.|Nobody answered my message.",
    ),
    "shop": (
        "Die Beratung im Laden war ausgezeichnet.|Im Laden nahm man sich Zeit für mich.|Der Berater hat mir den günstigeren Tarif gezeigt.|So freundlich wurde ich selten bedient.",
        "Im Laden war nur einer für alle da.|Im Laden wollte man mir nur etwas verkaufen.|Der Stand war schlecht besetzt.",
        "The advice in the shop was excellent.|They took their time for me in the shop.|The adviser showed me a cheaper plan.",
        "There was only one person in the whole shop.|They just wanted to sell me something.",
    ),
}  # fmt: skip
THEMES = tuple(sorted(_FACTS))
FACTS = [tuple(_FACTS[theme][column].split("|")) for theme in THEMES for column in (1, 3, 0, 2)]
"""By theme, then bad and good, then German and English."""


def _moods(german_bad: str, english_bad: str, german_good: str, english_good: str) -> list[tuple[str, ...]]:
    return [tuple(part.split("|")) for part in (german_bad, english_bad, german_good, english_good)]


OPENINGS = _moods(
    "Leider:|Ehrlich gesagt:|So geht es nicht.|Ich bin enttäuscht.|Schade.|Guten Tag, ich muss mich beschweren.|Hallo zusammen,|Langsam reicht es mir.|Es ist zum Verzweifeln.|Kurz und knapp:",
    "Sadly:|Honestly:|This will not do.|I am disappointed.|Hello, I have to complain.|I am fed up.|In short:|What a mess.",
    "Danke!|Alles bestens.|Ich bin sehr zufrieden.|Hallo zusammen, ein Lob:|Positiv überrascht.|Kurz und knapp:|Bin angetan.|Einmal etwas Gutes:|Toll.|Das muss auch gesagt werden:",
    "Thanks!|All good.|I am very happy.|A word of praise:|Pleasantly surprised.|In short:|Well done.|Credit where it is due:",
)
DETAILS = _moods(
    "Das geht jetzt seit # Tagen so.|Ich habe deswegen schon # Mal angerufen.|Gewartet habe ich # Minuten.|Das hat mich # Euro gekostet.|Seit # Wochen schreibe ich deswegen.|"
    "Die # Mails dazu habe ich aufgehoben.|Nach # Stunden habe ich aufgegeben.|Auch nach # Tagen keine Antwort.|In # Jahren habe ich so etwas nicht erlebt.|Von # Zusagen wurde keine gehalten.",
    "It has been like this for # days.|I have called # times about it.|I waited # minutes.|It cost me # euros.|No answer after # days.|After # hours I gave up.|None of the # promises was kept.",
    "Nach # Minuten war alles erledigt.|Nach # Stunden lief es.|Bin seit # Monaten dabei.|Das hat mir # Euro gespart.|Gewartet habe ich keine # Sekunden.|Von # Punkten gäbe ich alle.|"
    "In # Monaten kein einziges Problem.|Das habe ich schon # Leuten erzählt.|Hätte ich das vor # Wochen gewusst!",
    "Done after # minutes.|I have been here for # months.|It saved me # euros.|Not a single problem in # months.|I told # people about it.|It took less than # seconds.",
)
CLOSINGS = _moods(
    "Bitte kümmern Sie sich darum.|Wann passiert endlich etwas?|So verliert man Kunden.|Ich erwarte eine Antwort.|Das war einmal besser.|Ich überlege zu wechseln.|Nie wieder.|Bitte um Rückruf.|"
    "Sehr ärgerlich.|Das kann doch nicht so schwer sein.|Mit freundlichen Grüßen",
    "Please take care of it.|When will something happen?|This is how to lose customers.|I expect an answer.|I am thinking of leaving.|Never again.|Very annoying.|It cannot be that hard.",
    "Weiter so!|Gerne wieder.|Vielen Dank dafür.|Kann ich nur empfehlen.|So soll es sein.|Dafür ein Lob ans ganze Haus.|Ich bleibe dabei.|Viele Grüße|Hat Freude gemacht.|Daumen hoch.",
    "Keep it up!|Happy to come back.|Many thanks for that.|I can only recommend it.|That is how it should be.|Thumbs up.|I will stay.",
)
