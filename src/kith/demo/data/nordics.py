"""Norway, Sweden, Denmark, Finland and the Baltics."""

from .shape import Country, cities, firms, words

NORWAY = Country(
    "NO", "no", "Europe/Oslo", "EUR", "+47 412 ## ###", ("erik", "nadia"),
    firms("""
        Nordfiber Holding AS | nordfiber | paper | Oslo | 1900 | active | A | customer
        Halden Paper AS | haldenpaper | paper | Halden | 640 | active | A | customer
        Fjordkraft Måling AS | fjordmaling | energy | Bergen | 85 | active | B | customer partner
        Nordlys Sjømat AS | nordlyssjomat | food | Tromsø | 210 | active | B | customer
        Trondheim Skipsteknikk AS | tskip | marine | Trondheim | 340 | active | B | customer
        Bergvik Aluminium AS | bergvik | metals | Stavanger | 720 | active | A | customer
        Oslo Vannverk KF | oslovannverk | water | Oslo | 410 | prospect | B | prospect
        Vestland Meieri SA | vestlandmeieri | food | Bergen | 260 | active | C | customer
        Sørland Kjemi AS | sorlandkjemi | chemicals | Kristiansand | 150 | dormant | C | customer
        Polarsensor AS | polarsensor | research | Tromsø | 34 | active | C | competitor
        Hardanger Bryggeri AS | hardangerbryggeri | food | Bergen | 48 | prospect | C | prospect
    """),
    cities("""
        Oslo | Oslo | 0150 | +47 22 4# ## ##
        Halden | Østfold | 1772 | +47 69 18 4# ##
        Bergen | Vestland | 5003 | +47 55 3# ## ##
        Tromsø | Troms | 9008 | +47 77 6# ## ##
        Trondheim | Trøndelag | 7010 | +47 73 8# ## ##
        Stavanger | Rogaland | 4006 | +47 51 8# ## ##
        Kristiansand | Agder | 4610 | +47 38 0# ## ##
    """),
    words("Tistedalsgata, Storgata, Kirkegata, Havnegata, Industriveien, Fabrikkveien, Strandgaten, Bryggen"),
    words("Ingrid, Synnøve, Kari, Marit, Astrid, Solveig, Hilde, Ragnhild, Tuva, Liv"),
    words("Per, Olav, Lars, Bjørn, Sverre, Håkon, Magnus, Øystein, Jon, Terje"),
    words("Halvorsen, Lunde, Aas, Tveit, Haugen, Bakke, Solheim, Myhre, Strand, Nygård, Fossum, Dahl"),
)  # fmt: skip

SWEDEN = Country(
    "SE", "sv", "Europe/Stockholm", "EUR", "+46 70 174 06 ##", ("erik",),
    firms("""
        Mälaren Stål AB | malarenstal | metals | Västerås | 1150 | active | A | customer
        Göteborg Biotech AB | gbgbiotech | pharma | Göteborg | 190 | prospect | B | prospect
        Norrskog Massa AB | norrskogmassa | paper | Umeå | 480 | active | B | customer
        Skåne Mejeri AB | skanemejeri | food | Malmö | 330 | active | C | customer
    """),
    cities("""
        Västerås | Västmanland | 722 12 | +46 21 10 4# ##
        Göteborg | Västra Götaland | 411 06 | +46 31 390 06 ##
        Umeå | Västerbotten | 903 26 | +46 90 12 4# ##
        Malmö | Skåne | 211 20 | +46 40 628 04 ##
    """),
    words("Storgatan, Kungsgatan, Hamngatan, Bruksvägen, Industrigatan"),
    words("Anna, Elin, Sofia, Karin, Maja, Linnéa"), words("Erik, Johan, Anders, Gustav, Nils, Oskar"),
    words("Lindqvist, Bergström, Nyberg, Sjöberg, Åkesson, Hedlund, Ekström, Öberg"),
)  # fmt: skip

DENMARK = Country(
    "DK", "da", "Europe/Copenhagen", "EUR", "+45 20 18 ## ##", ("erik",),
    firms("""
        Nordhavn Shipyard A/S | nordhavnyard | marine | København | 520 | prospect | A | prospect
        Aarhus Enzymer A/S | aarhusenzymer | pharma | Aarhus | 280 | active | B | customer
        Limfjord Wind A/S | limfjordwind | energy | Aalborg | 610 | active | A | customer
        Odense Køleteknik ApS | odensekol | machinery | Odense | 64 | active | C | customer supplier
    """),
    cities("""
        København | Hovedstaden | 2100 | +45 33 18 ## ##
        Aarhus | Midtjylland | 8000 | +45 86 12 ## ##
        Aalborg | Nordjylland | 9000 | +45 98 12 ## ##
        Odense | Syddanmark | 5000 | +45 66 12 ## ##
    """),
    words("Havnegade, Vestergade, Industrivej, Skibbrogade, Søndergade"),
    words("Freja, Mette, Signe, Camilla, Ida"), words("Mads, Søren, Rasmus, Kasper, Anders"),
    words("Mortensen, Holm, Kjær, Østergaard, Bruun, Lund, Friis"),
)  # fmt: skip

FINLAND = Country(
    "FI", "fi", "Europe/Helsinki", "EUR", "+358 50 123 4###", ("erik", "nadia"),
    firms("""
        Lumen Grid Oy | lumengrid | energy | Helsinki | 450 | active | A | customer
        Saimaa Sellu Oyj | saimaasellu | paper | Lappeenranta | 980 | active | A | customer
        Oulu Anturi Oy | ouluanturi | research | Oulu | 72 | active | C | partner supplier
        Turku Laiva Oy | turkulaiva | marine | Turku | 1300 | active | B | customer
        Tampere Konepaja Oy | tamperekonepaja | machinery | Tampere | 240 | active | B | customer
        Kymi Kartonki Oy | kymikartonki | paper | Kotka | 310 | dormant | C | customer
        Pohjola Panimo Oy | pohjolapanimo | food | Kuopio | 95 | prospect | C | prospect
        Helsingin Vesilaitos | helsinginvesi | water | Helsinki | 380 | active | B | customer
    """),
    cities("""
        Helsinki | Uusimaa | 00180 | +358 9 4245 ####
        Lappeenranta | Etelä-Karjala | 53100 | +358 5 6245 ###
        Oulu | Pohjois-Pohjanmaa | 90100 | +358 8 3145 ###
        Turku | Varsinais-Suomi | 20100 | +358 2 2745 ###
        Tampere | Pirkanmaa | 33100 | +358 3 3145 ###
        Kotka | Kymenlaakso | 48100 | +358 5 2345 ###
        Kuopio | Pohjois-Savo | 70100 | +358 17 2645 ##
    """),
    words("Satamakatu, Tehtaankatu, Kauppakatu, Rantatie, Hämeenkatu, Teollisuustie"),
    words("Aino, Kaisa, Helmi, Päivi, Riikka, Sanna, Outi"), words("Mikko, Juha, Antti, Ville, Heikki, Timo, Lauri"),
    words("Saarinen, Korhonen, Mäkelä, Virtanen, Hämäläinen, Niemi, Koskinen, Lehtonen, Rantanen"),
)  # fmt: skip

LITHUANIA = Country(
    "LT", "lt", "Europe/Vilnius", "EUR", "+370 612 4####", ("nadia",),
    firms("Baltic Dairy Group UAB | balticdairy | food | Vilnius | 870 | active | A | customer"),
    cities("Vilnius | Vilniaus apskritis | 01103 | +370 5 210 4###"),
    words("Gedimino pr., Savanorių pr., Pramonės g."), words("Rūta, Eglė, Aušra"), words("Tomas, Mindaugas, Darius"),
    words("Kazlauskaitė, Stankevičius, Žukauskas, Petrauskas"),
)  # fmt: skip

ALL = (NORWAY, SWEDEN, DENMARK, FINLAND, LITHUANIA)
