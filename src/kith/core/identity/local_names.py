"""Names of countries in their own official languages, folded (text.fold); from Unicode CLDR.

Kept as text: loading fifty locales of Babel for them would cost 50 MB.
"""

_ROWS = """
AE الإمارات العربية المتحدة
AF افغانستان
AL shqiperi
AM հայաստան
AT osterreich
AX aland
AZ azarbaycan | азәрбајҹан
BA босна и херцеговина | bosna i hercegovina
BD বাংলাদেশ
BE belgie | belgique | belgien
BG българия
BH البحرين
BI uburundi
BL saint-barthelemy
BN بروني
BQ caribisch nederland
BR brasil
BT འབྲུག
CD congo-kinshasa
CF kodorosese ti beafrika | republique centrafricaine
CG congo-brazzaville
CH schwiiz | svizzera
CM cameroun
CV cabo verde
CW korsou
CY κυπροσ | kibris
CZ cesko
DE deutschland
DJ جيبوتي
DK danmark
DO republica dominicana
DZ الجزائر | algerie
EE eesti
EG مصر
EH الصحراء الغربية
ER ኤርትራ | إريتريا
ES espana
ET ኢትዮጵያ
FI suomi
FO foroyar
GE საქართველო
GF guyane francaise
GL kalaallit nunaat
GN guinee
GQ guinea ecuatorial | guinee equatoriale | guine equatorial
GR ελλαδα
GW guine-bissau
HR hrvatska
HU magyarorszag
IL ישראל | إسرائيل
IM ellan vannin
IN भारत
IQ العراق
IR ایران
IS island
IT italia
JO الأردن
KG кыргызстан
KH កម្ពុជា
KM جزر القمر | comores
KP 북한
KR 대한민국
KW الكويت
KZ қазақстан
LA ລາວ
LB لبنان
LI liachteschtai
LK ශ්රී ලංකාව | இலங்கை
LT lietuva
LU letzebuerg | luxemburg
LV latvija
LY ليبيا
MA المغرب | maroc | merruk
MD republica moldova
ME crna gora
MF saint-martin
MG madagasikara
MK северна македонија
MM မြန်မာ
MN монгол
MO macau, rae da china
MR موريتانيا
MU maurice
MV ދިވެހި ރާއްޖެ
MZ mocambique
NC nouvelle-caledonie
NG naijiria
NL nederland
NO norge | noreg
NP नेपाल
NZ aotearoa
OM عُمان
PF polynesie francaise
PG papua niugini
PH pilipinas
PK پاکستان
PL polska
PM saint-pierre-et-miquelon
PS الأراضي الفلسطينية
PY paraguai
QA قطر
RE la reunion
RS srbija | србија
RW u rwanda
SA المملكة العربية السعودية
SD السودان
SE sverige
SG singapura | சிங்கப்பூர்
SI slovenija
SJ svalbard og jan mayen
SK slovensko
SN senegaal
SO soomaaliya | الصومال
ST sao tome e principe
SX sint-maarten
SY سوريا
TD تشاد | tchad
TH ไทย
TJ тоҷикистон
TN تونس | tunisie
UA україна
UZ o'zbekiston | ўзбекистон
VA citta del vaticano
WF wallis-et-futuna
XK kosove
YE اليمن
"""

LOCAL_NAMES = {name: row[:2] for row in _ROWS.strip().splitlines() for name in row[3:].split(" | ")}
