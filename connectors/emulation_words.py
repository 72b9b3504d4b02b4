"""The words that the emulators' imagination draws from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Land:
    """A country, with the words that its people and places are made of."""

    code: str
    name: str
    dial: str
    currency: str
    places: list[list[str]]
    streets: list[str]
    first: list[str]
    last: list[str]


def _land(block: str) -> Land:
    (code, name, dial, currency), places, streets, first, last = (line.split("|") for line in block.splitlines())
    return Land(code, name, dial, currency, [place.split("/") for place in places], streets, first, last)


# Each block: code, name, dial, currency; places as city/postal code/region; streets; given names; family names.
_BLOCKS = """\
NL|The Netherlands|+31|EUR
Utrecht/3526 KL/Utrecht|Zwolle/8011 AB/Overijssel|'s-Hertogenbosch/5211 JN/Noord-Brabant
Kanaalweg|Oudegracht|Van 't Hoffstraat
Noor|Sem|Daan|Fenna|Jan-Willem
de Vries|van den Berg|Achterberg|'t Hart

DE|Germany|+49|EUR
Köln/50667/Nordrhein-Westfalen|Görlitz/02826/Sachsen|München/80331/Bayern
Große Straße|Am Mühlbach|Lindenweg
Jürgen|Sofie|Łukasz|Anneliese|Björn
Müller-Lüdenscheidt|Groß|Weiß|von der Tann

GB|United Kingdom|+44|GBP
Leeds/LS1 4AP/West Yorkshire|Llanfairpwll/LL61 5UJ/Gwynedd|London/SW1A 1AA/Greater London
High Street|Station Road|St. John's Lane
Ada|Siân|Grace|Oliver|Nia
Lovelace|O'Connor|Smith-Jones|MacDonald

US|United States|+1|USD
Portland/97201/OR|Saint Paul/55101/MN|Winston-Salem/27101/NC
Main Street|5th Avenue|Martin Luther King Jr. Blvd
James|María José|Tyrone|Emily|D'Angelo
Washington|Nguyen|García|Null

FR|France|+33|EUR
Besançon/25000/Bourgogne-Franche-Comté|Nîmes/30000/Occitanie|L'Haÿ-les-Roses/94240/Île-de-France
rue de l'Église|avenue du Général|quai d'Orsay
Zoé|François|Anaïs|Jean-Loïc|Maëlys
Lefèvre|d'Aboville|Gonçalves|Le Goff

PL|Poland|+48|PLN
Łódź/90-001/łódzkie|Kraków/30-002/małopolskie|Bydgoszcz/85-003/kujawsko-pomorskie
ulica Żółta|Świętojańska|Długa
Łukasz|Małgorzata|Żaneta|Wojciech|Świętosława
Wiśniewski|Dąbrowska|Szczęsny|Gżegżółka

TR|Türkiye|+90|TRY
İstanbul/34000/İstanbul|Iğdır/76000/Iğdır|Muğla/48000/Muğla
İstiklal Caddesi|Çınar Sokak|Gül Sokağı
İpek|Işıl|Çağrı|Gülşen|Ümit
Yılmaz|Çelik|Öztürk|Ağaoğlu

IL|Israel|+972|ILS
תל אביב/6100000/מחוז תל אביב|חיפה/3100000/מחוז חיפה
רחוב דיזנגוף|שדרות רוטשילד
נועה|יעל|אברהם|שירה
כהן|לוי|בן־דוד|אבו חצירא

AE|United Arab Emirates|+971|AED
دبي/00000/دبي|أبو ظبي/51133/أبو ظبي
شارع الشيخ زايد|شارع الكورنيش
محمد|فاطمة|عبد الرحمن|ليلى
الهاشمي|بن راشد|المنصوري|العلي

JP|Japan|+81|JPY
東京/100-0001/東京都|京都/600-8216/京都府
丸の内|河原町通
さくら|健太|美咲|𠮷郎
佐藤|鈴木|渡邉|髙橋

CN|China|+86|CNY
上海/200000/上海|成都/610000/四川
南京东路|春熙路
伟|芳|子涵|秀英
王|李|欧阳|司马

IN|India|+91|INR
मुंबई/400001/महाराष्ट्र|Bengaluru/560001/Karnataka
महात्मा गांधी मार्ग|Brigade Road
अनन्या|Arjun|श्रीनिवास|Priya
शर्मा|Subramaniam|अय्यर|Patel

GR|Greece|+30|EUR
Αθήνα/105 58/Αττική|Θεσσαλονίκη/546 21/Κεντρική Μακεδονία
Ερμού|Εγνατία
Ελένη|Γιώργος|Σοφία|Οδυσσέας
Παπαδόπουλος|Νικολάου|Χατζής|Ωραιόπουλος

UA|Ukraine|+380|UAH
Київ/01001/Київ|Львів/79000/Львівська область
Хрещатик|вулиця Шевченка
Оксана|Їжак|Володимир|Ґалина
Шевченко|Коваль|Щербань|Ющенко

IS|Iceland|+354|ISK
Reykjavík/101/Höfuðborgarsvæðið|Þingeyri/470/Vestfirðir
Laugavegur|Aðalstræti
Þórunn|Ævar|Guðrún|Sigurður
Þórsdóttir|Jónsson|Æsudóttir|Eðvarðsson

VN|Vietnam|+84|VND
Hà Nội/100000/Hà Nội|Đà Nẵng/550000/Đà Nẵng
phố Huế|đường Nguyễn Huệ
Thị Hồng|Văn Đức|Quỳnh|Tuấn
Nguyễn|Đặng|Phạm|Trần"""
LANDS = [_land(block) for block in _BLOCKS.split("\n\n")]
ODD_NAMES = (
    ("<script>alert('first')</script>", "<b>Bold</b>"),
    ("Zoë\x00", "Nul\x00Byte"),
    ("🦄", "👩‍👩‍👧‍👦 Family"),
    ('Robert "Bobby"', "'); DROP TABLE candidates;--"),
    ("Wolfeschlegelsteinhausenbergerdorff" * 5, "Hubert Blaine " * 14 + "Senior"),
    ("\u202eRight", "To\u200fLeft"),
    ("Half\ud83d", "Pair"),
    ("{{ 7 * 7 }}", "${name} & Söhne <>"),
    ("null", "undefined"),
    ("Amélie", "Decomposed e\u0301"),
    ("", "Mononymous"),
)
TITLES = (
    "Warehouse Planner",
    "Baker",
    "Verpleegkundige",
    "Data Engineer",
    "Développeuse front-end",
    "Mechanic",
    "Accountant",
    "Lehrkraft (m/w/d)",
    "C++ & Rust Developer",
    "مهندس برمجيات",
    "営業担当",
    'Head of "People"',
    "Barista ☕",
    "Sous-chef",
    "Night Nurse",
    "Truck Driver <CE>",
)
EMPLOYERS = (
    "Tulpfiets",
    "Kaffee & Söhne GmbH",
    "O'Reilly's Garage",
    "Ærø Shipping A/S",
    "株式会社さくら",
    "Bäckerei Groß",
    "مخبز النور",
    "Northwind Traders",
    "The <Blank> Company",
    "Société d'Énergie",
    "Żabka i Spółka",
    "",
)
SOURCES = (
    "Indeed",
    "Homerun Career Page",
    "LinkedIn",
    "Referral",
    "Job fair <2026>",
    "Université de Genève",
    "موقع الشركة",
    "",
)
DEPARTMENTS = ("Logistics", "Engineering", "Care & Health", "Küche", "Sales", "人事部", "Finance / Legal", "")
LEVELS = ("", "Junior ", "Senior ", "Lead ", "Interim ")
ODD_DESCRIPTIONS = (
    "<p>Weź 𝒻𝒶𝓃𝒸𝓎 letters, <script>alert('job')</script> and a \x00 along.</p>",
    "",
    "No markup at all: 3 < 4 & 5 > 2.\nSecond line.",
    '<p dir="rtl">وصف الوظيفة باللغة العربية</p>',
)
