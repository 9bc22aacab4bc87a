"""Names of people, streets, towns and firms. Postcodes are of the town's region; numbers and addresses are made up."""

# ruff: noqa: SIM905 -- lists of words read best as text

from __future__ import annotations

MALE = tuple(
    "Jonas Malte Finn Lukas Paul Emil Hannes Jan Ole Till Moritz Felix Anton Karl Otto Bernd Jürgen Uwe Klaus Dieter Wolfgang Günter Holger Stefan Thomas "
    "Andreas Michael Matthias Christian Markus Sven Torsten Dirk Ralf Frank Heiko Kai Lars Nils Tim Tobias Sebastian Florian Dominik Mehmet Emre Piotr Luca".split()
)
FEMALE = tuple(
    "Mia Emma Lena Lea Anna Clara Ida Frieda Greta Marie Johanna Charlotte Helene Käthe Ursula Monika Renate Brigitte Gisela Petra Sabine Susanne Andrea "
    "Claudia Birgit Heike Silke Anja Katja Tanja Nadine Julia Sarah Laura Lisa Katharina Nele Svenja Wiebke Antje Ayse Elif Agnieszka Chiara Jana Pia Ronja Inga".split()
)
FAMILY = tuple(
    "Albers Bachmann Behrens Böhm Brandt Carstens Claasen Diekmann Döring Ebert Engel Feddersen Fiedler Franke Gerdes Göbel Graf Günther Haase Hagen Hansen "
    "Harms Heinrich Herrmann Hinrichs Hoffmann Jacobs Jäger Janssen Jensen Jürgens Kaiser Kern Koch König Kowalski Kramer Krause Kröger Krüger Kühn Lange "
    "Lehmann Lorenz Lüders Ludwig Maurer Meier Meyer Möller Müller Nissen Noack Oltmann Otte Paulsen Peters Petersen Pohl Preuß Reimers Richter Roth "
    "Sander Schäfer Scholz Schröder Schulte Schwarz Seidel Simon Sommer Stein Thiele Thomsen Ulrich Vogel Vogt Voß Wagner Weber Weiß Wendt Werner Winkler "
    "Wolff Wulf Yilmaz Ziegler Zimmermann Özdemir Aydin Nowak Rossi Kaya".split()
)
STREETS = tuple(
    "Ahornweg|Akazienallee|Alte Gasse|Am Anger|Am Bahnhof|Am Deich|Am Markt|Amselweg|Bachstraße|Bergstraße|Birkenweg|Blumenstraße|Brückenstraße|Buchenweg|"
    "Burgstraße|Dorfstraße|Eichenweg|Erlenweg|Feldstraße|Fichtenweg|Finkenweg|Fliederweg|Gartenstraße|Goethestraße|Hafenstraße|Hauptstraße|Heideweg|"
    "Hinter der Mühle|Hopfenweg|Im Winkel|Jahnstraße|Kastanienallee|Kiefernweg|Kirchplatz|Kirschweg|Königstraße|Lerchenweg|Lindenstraße|Marktstraße|"
    "Meisenweg|Mittelweg|Mozartstraße|Mühlenweg|Nelkenweg|Neue Straße|Parkstraße|Poststraße|Ringstraße|Rosenweg|Schillerstraße|Schulstraße|Seestraße|"
    "Sonnenhang|Talstraße|Tannenweg|Teichstraße|Uferweg|Ulmenweg|Waldstraße|Wiesengrund".split("|")
)
CITIES = (
    ("Hamburg", "22041", "Nord", 9), ("Bremen", "28195", "Nord", 4), ("Kiel", "24103", "Nord", 3), ("Lübeck", "23552", "Nord", 3),
    ("Flensburg", "24937", "Nord", 2), ("Oldenburg", "26122", "Nord", 2), ("Hannover", "30159", "Nord", 4), ("Rostock", "18055", "Nord", 2),
    ("Köln", "50667", "West", 5), ("Düsseldorf", "40210", "West", 4), ("Essen", "45127", "West", 3), ("Dortmund", "44135", "West", 3),
    ("Bonn", "53111", "West", 2), ("Münster", "48143", "West", 2), ("Aachen", "52062", "West", 2), ("Frankfurt am Main", "60311", "West", 4),
    ("München", "80331", "Süd", 6), ("Nürnberg", "90402", "Süd", 3), ("Augsburg", "86150", "Süd", 2), ("Stuttgart", "70173", "Süd", 4),
    ("Freiburg", "79098", "Süd", 2), ("Ulm", "89073", "Süd", 1), ("Würzburg", "97070", "Süd", 1), ("Karlsruhe", "76133", "Süd", 2),
    ("Berlin", "10115", "Ost", 8), ("Leipzig", "04109", "Ost", 4), ("Dresden", "01067", "Ost", 3), ("Chemnitz", "09111", "Ost", 2),
    ("Erfurt", "99084", "Ost", 2), ("Jena", "07743", "Ost", 1), ("Halle", "06108", "Ost", 2), ("Magdeburg", "39104", "Ost", 2),
)  # fmt: skip
"""Town, postcode, region, weight."""

COMPANIES = ("GmbH", "Bau GmbH", "Logistik KG", "IT-Systeme GmbH", "Praxis", "Handel OHG", "& Söhne", "Werbung UG", "Steuerberatung", "Hotel GmbH")
