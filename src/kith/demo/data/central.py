"""Germany, Austria and Switzerland."""

from .shape import Country, cities, firms, words

STREETS = words(
    "Hafenstraße, Industriestraße, Am Werkstor, Bahnhofstraße, Lindenallee, Mühlenweg, Gartenstraße, Fabrikstraße"
)
WOMEN = words("Katharina, Annette, Sabine, Julia, Miriam, Franziska, Heike, Lena, Ursula, Birgit, Jana, Nicole")
MEN = words("Jonas, Matthias, Stefan, Andreas, Jürgen, Tobias, Felix, Markus, Uwe, Florian, Dirk, Sebastian")
FAMILIES = words(
    "Reuter, Schäfer, Krüger, Vogel, Zimmermann, Hoffmann, Köhler, Jäger, Böhm, Lorenz, Winkler, Franke, Seidel, Arnold, Peters, Groß"
)

GERMANY = Country(
    "DE", "de", "Europe/Berlin", "EUR", "+49 171 3920 0##", ("nadia", "jonas"),
    firms("""
        Orbis Pharma GmbH | orbispharma | pharma | Mannheim | 1250 | active | A | customer
        Rheintal Chemie AG | rheintalchemie | chemicals | Köln | 2400 | active | A | customer
        Elbe Werft GmbH | elbewerft | marine | Hamburg | 690 | active | B | customer
        Schwarzwald Präzision GmbH | swpraezision | machinery | Freiburg | 180 | active | B | customer supplier
        Isar Bräu GmbH & Co. KG | isarbraeu | food | München | 230 | active | B | customer
        Ruhrstahl Technik GmbH | ruhrstahl | metals | Essen | 1600 | active | A | customer
        Spree Optik GmbH | spreeoptik | optics | Berlin | 120 | active | C | partner
        Sachsen Papier GmbH | sachsenpapier | paper | Dresden | 290 | dormant | B | customer
        Allgäu Molkerei eG | allgaeumolkerei | food | Kempten | 340 | active | C | customer
        Nordsee Windpark GmbH | nordseewind | energy | Bremen | 150 | prospect | B | prospect
        Leipzig Biolabor GmbH | leipzigbiolabor | research | Leipzig | 58 | active | C | customer
        Stadtwerke Lindenau GmbH | swlindenau | water | Leipzig | 620 | active | B | customer
        Kölner Lackfabrik KG | koelnlack | chemicals | Köln | 210 | prospect | C | prospect
        Weser Galvanik GmbH | wesergalvanik | metals | Bremen | 75 | lost | C | customer
        Valtek Sensorik GmbH | valtek | research | München | 900 | active | A | competitor
        Dresden Halbleiter GmbH | ddhalbleiter | optics | Dresden | 840 | prospect | A | prospect
        Franken Keramik GmbH | frankenkeramik | machinery | Nürnberg | 160 | active | C | customer
        Hansa Kaffee GmbH & Co. KG | hansakaffee | food | Hamburg | 190 | active | C | customer
        Orbis Biologics GmbH | orbisbio | pharma | Mannheim | 310 | active | B | customer
        Taunus Medizintechnik GmbH | taunusmed | pharma | Frankfurt am Main | 420 | prospect | B | prospect
    """),
    cities("""
        Mannheim | Baden-Württemberg | 68159 | +49 621 4710 ###
        Freiburg | Baden-Württemberg | 79098 | +49 761 4710 ###
        Köln | Nordrhein-Westfalen | 50667 | +49 221 4710 ###
        Essen | Nordrhein-Westfalen | 45127 | +49 201 4710 ###
        Hamburg | Hamburg | 20457 | +49 40 66969 ###
        München | Bayern | 80331 | +49 89 99998 ###
        Kempten | Bayern | 87435 | +49 831 4710 ###
        Nürnberg | Bayern | 90402 | +49 911 4710 ###
        Berlin | Berlin | 10179 | +49 30 23125 ###
        Dresden | Sachsen | 01067 | +49 351 4710 ###
        Leipzig | Sachsen | 04109 | +49 341 4710 ###
        Bremen | Bremen | 28195 | +49 421 4710 ###
        Frankfurt am Main | Hessen | 60311 | +49 69 90009 ###
    """),
    STREETS, WOMEN, MEN, FAMILIES,
)  # fmt: skip

AUSTRIA = Country(
    "AT", "de", "Europe/Vienna", "EUR", "+43 664 123 4###", ("jonas",),
    firms("""
        Donau Papier GmbH | donaupapier | paper | Wien | 360 | active | B | customer
        Tiroler Bergkäse eGen | tirolerbergkaese | food | Innsbruck | 90 | prospect | C | prospect
    """),
    cities("""
        Wien | Wien | 1020 | +43 1 2300 ###
        Innsbruck | Tirol | 6020 | +43 512 2300 ##
    """),
    STREETS, WOMEN, MEN, words("Gruber, Steiner, Moser, Eder, Pichler"),
)  # fmt: skip

SWITZERLAND = Country(
    "CH", "de", "Europe/Zurich", "EUR", "+41 79 200 1# ##", ("jonas",),
    firms("""
        Limmat Pharma AG | limmatpharma | pharma | Zürich | 780 | active | A | customer
        Aare Turbinen AG | aareturbinen | energy | Bern | 430 | active | B | customer
    """),
    cities("""
        Zürich | Zürich | 8005 | +41 44 200 1# ##
        Bern | Bern | 3011 | +41 31 300 1# ##
    """),
    STREETS, WOMEN, MEN, words("Zürcher, Bühler, Keller, Frei, Ammann"),
)  # fmt: skip

ALL = (GERMANY, AUSTRIA, SWITZERLAND)
