"""Sets of people and companies of many shapes, with the truth: what a matcher meets that was made for none of them.

Each gives the rows of traits and the true entity of each row, in the same order. Nothing in kundig was fitted to them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]
Shape = tuple[list[Row], list[str]]

GIVEN = {
    "de": "Anna Maria Sabine Petra Monika Claudia Julia Katharina Lena Laura Sophie Hannah Mia Emma Ursula Renate Helga Karin Birgit Andrea Peter Michael Thomas Andreas Wolfgang Klaus Jürgen Günter Stefan Christian Markus Uwe Frank Jan Tim Lukas Jonas Felix Paul Max Karl Hans Heinz Werner Horst Dieter Bernd Jörg Sören Björn".split(),
    "tr": "Ayşe Fatma Emine Hatice Zeynep Elif Merve Büşra Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim Murat Ömer Yusuf Çağlar Gökhan".split(),
    "es": "María Carmen Josefa Isabel Dolores Pilar Lucía Paula José Antonio Manuel Francisco Juan David Javier Ángel Íñigo Andrés".split(),
    "vi": "Linh Trang Hương Lan Mai Phương Thảo Ngọc Minh Tuấn Hùng Dũng Nam Quang Đức Thành Hải Sơn".split(),
    "pl": "Agnieszka Małgorzata Katarzyna Zofia Łucja Paweł Łukasz Grzegorz Krzysztof Michał Andrzej Stanisław Bożena Jadwiga".split(),
    "ru": "Анна Мария Ольга Татьяна Елена Наталья Ирина Светлана Иван Дмитрий Сергей Андрей Алексей Михаил Николай Владимир".split(),
    "zh": "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平".split(),
    "ar": "محمد أحمد علي حسن حسين عمر يوسف إبراهيم فاطمة عائشة مريم زينب خديجة سارة ليلى نور".split(),
}
FAMILY = {
    "de": "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Schmitz Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer".split(),
    "tr": "Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt Özkan Şimşek".split(),
    "es": "García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez".split(),
    "vi": "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split(),
    "pl": "Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski".split(),
    "ru": "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев Лебедев Семёнов".split(),
    "zh": "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 高 林 罗".split(),
    "ar": "العلي الحسن المصري الشامي حداد خوري نجار سليمان منصور عثمان صالح ناصر حمدان قاسم".split(),
}
STREETS = "Haupt Bahnhof Garten Schul Dorf Berg Kirch Wald Ring Linden Birken Goethe Schiller Mozart Beethoven Rosen Tulpen Amsel Eichen Buchen Wiesen Mühlen Feld Sonnen Park".split()
CITIES = "Berlin Hamburg München Köln Frankfurt Stuttgart Düsseldorf Leipzig Dortmund Essen Bremen Dresden Hannover Nürnberg Duisburg Bochum Wuppertal Bielefeld Bonn Münster Karlsruhe Mannheim Augsburg Wiesbaden Kiel Ulm Jena Trier".split()
PARTS = "Al Bern Carl Dorn Eber Fritz Gold Hagen Ingel Jans Kall Lind Mark Nord Ober Prinz Quast Reich Stein Tann Ulm Vall Wies Zell".split()
ENDS = "mann er hofer hauer bach berg stein feld inger meier ke sen".split()


def family(chance: random.Random, people: str = "de") -> str:
    """A few names are very frequent, and very many are rare."""
    if people == "de" and chance.random() < 0.5:
        return chance.choice(PARTS) + chance.choice(PARTS).lower()[: chance.choice((0, 0, 2))] + chance.choice(ENDS)
    names = FAMILY[people]
    return names[min(int(chance.paretovariate(0.7)) - 1, chance.randrange(len(names)))]


def born(chance: random.Random) -> date:
    """A day of birth of somebody grown up."""
    return date(1936, 1, 1) + timedelta(days=chance.randrange(70 * 365))


def place(chance: random.Random) -> Row:
    city = chance.randrange(len(CITIES))
    return {"street": f"{chance.choice(STREETS)}{chance.choice(('straße', 'weg', 'platz', 'allee'))} {chance.randrange(1, 120)}", "postcode": f"{10 + city * 3:02}{chance.randrange(40):03}", "city": CITIES[city]}


def person(chance: random.Random, people: str = "de") -> Row:
    return {"given_name": chance.choice(GIVEN[people]), "family_name": family(chance, people), "birth_date": born(chance).isoformat(), **place(chance)}


def slip(chance: random.Random, text: str) -> str:
    """One slip of the keyboard: a letter too few, too many, another, or two in the wrong order."""
    if len(text) < 2:
        return text
    at = chance.randrange(len(text) - 1)
    letter = chance.choice("aeinrst")
    return chance.choice((text[:at] + text[at + 1 :], text[:at] + letter + text[at:], text[:at] + letter + text[at + 1 :], text[:at] + text[at + 1] + text[at] + text[at + 2 :]))


def two_lists(seed: int = 1, size: int = 1500) -> Shape:
    """Two clean lists of which each has a person once; half of the persons are in both."""
    chance = random.Random(seed)
    rows, truth = [], []
    for number in range(size):
        said = person(chance)
        for where in chance.choice((("crm",), ("shop",), ("crm", "shop"), ("crm", "shop"))):
            other = dict(said)
            if where == "shop":
                other["street"] = other["street"].replace("straße", "str.")
                if chance.random() < 0.1:
                    other["family_name"] = slip(chance, other["family_name"])
                if chance.random() < 0.3:
                    other["birth_date"] = None
            rows.append({"subject": f"{where}:{len(rows)}", **other})
            truth.append(str(number))
    return rows, truth


_MISREAD = {"o": "0", "l": "1", "i": "l", "m": "rn", "u": "v", "e": "c", "b": "6", "S": "5", "g": "q", "ü": "u", "ö": "o", "ß": "B", "n": "ri", "t": "f"}


def scans(seed: int = 2, size: int = 250) -> Shape:
    """Forms that a machine has read: up to a dozen of one person, letters taken for others, fields lost."""
    chance = random.Random(seed)

    def read(text: str) -> str:
        return "".join(_MISREAD.get(letter, letter) if chance.random() < 0.06 else letter for letter in text)

    rows, truth = [], []
    for number in range(size):
        said = person(chance)
        for _ in range(min(1 + int(chance.expovariate(0.25)), 12)):
            rows.append({"subject": f"scan:{len(rows)}", **{name: None if chance.random() < 0.08 else read(value) for name, value in said.items()}})
            truth.append(str(number))
    return rows, truth


def names_and_cities(seed: int = 3, size: int = 1500) -> Shape:
    """Only a name and a city are known, so that nobody can tell most people of one name apart."""
    chance = random.Random(seed)
    rows, truth = [], []
    for number in range(size):
        said = {"name": f"{chance.choice(GIVEN['de'])} {family(chance)}", "city": CITIES[min(int(chance.paretovariate(0.5)) - 1, chance.randrange(len(CITIES)))]}
        for copy in range(1 + (chance.random() < 0.3)):
            rows.append({"subject": f"list:{len(rows)}", **said, **({"name": slip(chance, said["name"])} if copy and chance.random() < 0.2 else {})})
            truth.append(str(number))
    return rows, truth


_TRADES = "Bau Logistik Maschinenbau Verlag Software Elektro Metallbau Druck Textil Pharma Energie Immobilien Handel Catering Medien".split()


def companies(seed: int = 4, size: int = 500) -> Shape:
    """Companies with legal forms, written short and long; a branch in another city is a customer of its own."""
    chance = random.Random(seed)
    rows, truth = [], []
    for number in range(size):
        name = f"{family(chance)} {chance.choice(_TRADES)}"
        form = chance.choice((("GmbH", "Gesellschaft mit beschränkter Haftung", ""), ("GmbH & Co. KG", "GmbH u. Co KG", "GmbH&Co.KG"), ("AG", "Aktiengesellschaft", ""), ("e.K.", "e. K.", ""), ("UG (haftungsbeschränkt)", "UG", "")))
        for branch in range(1 + (chance.random() < 0.25)):
            where = place(chance)
            phone = f"0{chance.randrange(200, 990)} {chance.randrange(100000, 9999999)}"
            for copy in range(chance.choice((1, 2, 2, 3))):
                written = f"{name} {chance.choice(form)}".strip()
                said = {"company": slip(chance, written) if chance.random() < 0.1 else written.upper() if chance.random() < 0.1 else written, **where}
                if chance.random() < 0.6:
                    said["phone"] = phone if chance.random() < 0.6 else phone[:-2] + f"{chance.randrange(100):02}"
                if copy:
                    said["street"] = said["street"].replace("straße", "str.")
                rows.append({"subject": f"firm:{len(rows)}", **said})
                truth.append(f"{number}-{branch}")
    return rows, truth


def married_and_moved(seed: int = 5, size: int = 900) -> Shape:
    """A third of the women take another name, many move, and some write what they were called before."""
    chance = random.Random(seed)
    rows, truth = [], []
    for number in range(size):
        said = person(chance)
        mail = f"{said['given_name']}.{said['family_name']}{chance.randrange(99)}@post.example".lower() if chance.random() < 0.5 else None
        phone = f"0{chance.choice(('151', '160', '170', '171', '175'))} {chance.randrange(1000000, 9999999)}"
        rows.append({"subject": f"old:{number}", **said, "email": mail, "phone": phone if chance.random() < 0.4 else None})
        truth.append(str(number))
        if chance.random() < 0.6:
            later = dict(said)
            if chance.random() < 0.3:
                new = family(chance)
                later["family_name"] = chance.choice((new, f"{new} geb. {said['family_name']}", f"{new}-{said['family_name']}", f"{said['family_name']}-{new}"))
            if chance.random() < 0.4:
                later |= place(chance)
            rows.append({"subject": f"new:{number}", **later, "email": mail if chance.random() < 0.3 else None, "phone": phone if chance.random() < 0.3 else None})
            truth.append(str(number))
    return rows, truth


_PLAIN = str.maketrans("şçğıöüİŞÇĞÖÜáéíóúñłżśąęćńźŁŻŚđĐ", "scgiouISCGOUaeiounlzsaecnzLZSdD")


def from_everywhere(seed: int = 6, size: int = 900) -> Shape:
    """Names of many languages and scripts, with and without their marks, given and family name in either order."""
    chance = random.Random(seed)
    rows, truth = [], []
    for number in range(size):
        people = chance.choice(("tr", "es", "vi", "pl", "ru", "zh", "ar"))
        said = person(chance, people)
        if people == "es":
            said["family_name"] += " " + family(chance, "es")
        rows.append({"subject": f"a:{number}", **said})
        truth.append(str(number))
        if chance.random() < 0.6:
            other = dict(said)
            if people in {"zh", "vi"} and chance.random() < 0.3:
                other["given_name"], other["family_name"] = other["family_name"], other["given_name"]
            if people == "es" and chance.random() < 0.4:
                other["family_name"] = other["family_name"].split()[0]
            if chance.random() < 0.5:
                other |= {name: other[name].translate(_PLAIN) for name in ("given_name", "family_name")}
            if chance.random() < 0.15:
                other |= place(chance)
            rows.append({"subject": f"b:{number}", **other})
            truth.append(str(number))
    return rows, truth


def dirty_dates(seed: int = 7, size: int = 1200) -> Shape:
    """Days of birth in several notations, day and month transposed, placeholders, the year cut off by a digit."""
    chance = random.Random(seed)

    def written(day: date) -> str | None:
        luck = chance.random()
        if luck < 0.15:
            return chance.choice(("1900-01-01", "01.01.1900", None, "unbekannt"))
        if luck < 0.25 and day.day <= 12:
            return date(day.year, day.day, day.month).isoformat()
        if luck < 0.32:
            return slip(chance, day.isoformat())
        return chance.choice((f"{day:%d.%m.%Y}", day.isoformat(), f"{day.day}.{day.month}.{day.year}", f"{day:%Y%m%d}"))

    rows, truth = [], []
    for number in range(size):
        said, day = person(chance), born(chance)
        for _ in range(chance.choice((1, 1, 2, 2, 3))):
            other = {**said, "birth_date": written(day)}
            if chance.random() < 0.3:
                other |= {"street": None, "postcode": None}
            rows.append({"subject": f"d:{len(rows)}", **other})
            truth.append(str(number))
    return rows, truth


def households(seed: int = 8, size: int = 500) -> Shape:
    """Families at one address under one telephone number: couples, children, fathers and sons of one name, twins."""
    chance = random.Random(seed)
    rows, truth = [], []
    for number in range(size):
        name, where, phone = family(chance), place(chance), f"0{chance.randrange(200, 990)} {chance.randrange(1000000, 9999999)}"
        members = [{"given_name": chance.choice(GIVEN["de"]), "birth_date": born(chance).isoformat()} for _ in range(chance.choice((1, 2, 2, 3, 4)))]
        if len(members) > 2 and chance.random() < 0.2:
            members[2]["birth_date"] = members[1]["birth_date"]
        if len(members) > 1 and chance.random() < 0.1:
            members[1]["given_name"] = members[0]["given_name"]
        for place_, member in enumerate(members):
            for _ in range(chance.choice((1, 1, 2, 2, 3))):
                said = {"family_name": name, **member, **where}
                if chance.random() < 0.5:
                    said["phone"] = phone
                if chance.random() < 0.3:
                    said["birth_date"] = None
                if chance.random() < 0.1:
                    said["given_name"] = slip(chance, said["given_name"])
                rows.append({"subject": f"h:{len(rows)}", **said})
                truth.append(f"{number}-{place_}")
    return rows, truth


SHAPES: Mapping[str, Callable[..., Shape]] = {
    "two clean lists": two_lists,
    "scans, many of each": scans,
    "only name and city": names_and_cities,
    "companies and branches": companies,
    "married and moved": married_and_moved,
    "names from everywhere": from_everywhere,
    "dirty days of birth": dirty_dates,
    "households": households,
}
