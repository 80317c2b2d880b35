"""The United Kingdom, France, Belgium and Spain."""

from .shape import Country, cities, firms, words

BRITAIN = Country(
    "GB", "en", "Europe/London", "EUR", "+44 7911 12####", ("marc",),
    firms("""
        Kestrel Brewing Co. | kestrelbrewing | food | Leeds | 260 | active | A | customer
        Sable & Finch Laboratories Ltd | sablefinch | research | London | 140 | prospect | B | prospect
        Wharfedale Water plc | wharfedalewater | water | Leeds | 1450 | active | A | customer
        Pennine Steel Ltd | penninesteel | metals | Sheffield | 820 | active | B | customer
        Clyde Marine Engineering Ltd | clydemarine | marine | Glasgow | 390 | active | B | customer
        Cotswold Cheese Company Ltd | cotswoldcheese | food | Bristol | 110 | active | C | customer
        Harwell Photonics Ltd | harwellphotonics | optics | London | 95 | active | C | partner
        Mersey Chemicals plc | merseychemicals | chemicals | Liverpool | 1100 | prospect | A | prospect
        Highland Distillers LLP | highlanddistillers | food | Glasgow | 175 | active | B | customer
        Fenland Foods Ltd | fenlandfoods | food | Bristol | 300 | dormant | C | customer
        Severn Paper Mills Ltd | severnpaper | paper | Bristol | 270 | active | B | customer
        Tyne Subsea Ltd | tynesubsea | marine | Newcastle upon Tyne | 130 | lost | C | customer
    """),
    cities("""
        London | Greater London | SE1 9SG | +44 20 7946 0###
        Leeds | West Yorkshire | LS1 4AP | +44 113 496 0###
        Sheffield | South Yorkshire | S1 2HE | +44 114 496 0###
        Glasgow | Glasgow City | G1 1XQ | +44 141 496 0###
        Bristol | Bristol | BS1 4DJ | +44 117 496 0###
        Liverpool | Merseyside | L1 8JQ | +44 151 496 0###
        Newcastle upon Tyne | Tyne and Wear | NE1 4ST | +44 191 498 0###
    """),
    words("Mill Lane, Station Road, Canal Street, Foundry Way, Harbour Road, Victoria Street, Bridge Street"),
    words("Hannah, Amara, Charlotte, Eleanor, Priya, Imogen, Fiona, Grace, Beth"),
    words("Oliver, Callum, Harry, James, Rhys, Edward, Kwame, George, Alistair"),
    words("Whitlock, Okafor, Pemberton, Sinclair, Hargreaves, Patel, Ashworth, MacLeod, Thornton, Blackwood, Doyle"),
)  # fmt: skip

FRANCE = Country(
    "FR", "fr", "Europe/Paris", "EUR", "+33 6 12 34 ## ##", ("marc",),
    firms("""
        Ferro Alliages SA | ferroalliages | metals | Lyon | 930 | active | A | customer
        Papeterie du Rhône SAS | papeterierhone | paper | Lyon | 240 | active | B | customer
        Laboratoires Carmine SAS | labocarmine | pharma | Paris | 510 | active | A | customer
        Brasserie de la Meuse SARL | brasseriemeuse | food | Strasbourg | 70 | active | C | customer
        Chantiers de l'Estuaire SA | chantiersestuaire | marine | Nantes | 880 | prospect | B | prospect
        Verrerie d'Aquitaine SAS | verrerieaquitaine | optics | Bordeaux | 320 | active | B | customer
        Énergie Garonne SA | energiegaronne | energy | Toulouse | 690 | active | B | customer
        Fromagerie Vallon SARL | fromagerievallon | food | Grenoble | 55 | active | C | customer
        Chimie du Nord SAS | chimiedunord | chemicals | Lille | 450 | dormant | B | customer
        Optique Lumière SAS | optiquelumiere | optics | Paris | 88 | active | C | partner
        Eaux de Provence SA | eauxprovence | water | Marseille | 560 | prospect | B | prospect
        Institut Marchand de Métrologie | institutmarchand | research | Paris | 130 | active | C | customer
    """),
    cities("""
        Lyon | Auvergne-Rhône-Alpes | 69007 | +33 4 65 71 ## ##
        Grenoble | Auvergne-Rhône-Alpes | 38000 | +33 4 65 71 ## ##
        Paris | Île-de-France | 75011 | +33 1 99 00 ## ##
        Strasbourg | Grand Est | 67000 | +33 3 53 01 ## ##
        Lille | Hauts-de-France | 59000 | +33 3 53 01 ## ##
        Nantes | Pays de la Loire | 44000 | +33 2 61 91 ## ##
        Bordeaux | Nouvelle-Aquitaine | 33000 | +33 5 36 49 ## ##
        Toulouse | Occitanie | 31000 | +33 5 36 49 ## ##
        Marseille | Provence-Alpes-Côte d'Azur | 13002 | +33 4 65 71 ## ##
    """),
    words("rue de la République, avenue Jean Jaurès, quai des Chartrons, rue du Port, boulevard Voltaire, rue des Forges"),
    words("Élodie, Camille, Hélène, Nathalie, Aurélie, Sophie, Margaux, Inès"),
    words("Antoine, Julien, Mathieu, Benoît, François, Thierry, Hugo, Cédric"),
    words("Marchand, Lefèvre, Girard, Fontaine, Chevalier, Roussel, Perrin, Mercier, Faure, Blanchard"),
)  # fmt: skip

BELGIUM = Country(
    "BE", "nl", "Europe/Brussels", "EUR", "+32 470 12 ## ##", ("marc",),
    firms("""
        Delta Canning NV | deltacanning | food | Gent | 470 | dormant | B | customer
        Scheldt Terminals NV | scheldtterminals | marine | Antwerpen | 1020 | prospect | B | prospect
    """),
    cities("""
        Gent | Oost-Vlaanderen | 9000 | +32 9 210 1# ##
        Antwerpen | Antwerpen | 2000 | +32 3 210 1# ##
    """),
    words("Kaaiweg, Havenlaan, Stationsstraat"), words("Lotte, Eva, Marijke"), words("Pieter, Wout, Bram"),
    words("De Smet, Peeters, Van den Broeck, Claes"),
)  # fmt: skip

SPAIN = Country(
    "ES", "es", "Europe/Madrid", "EUR", "+34 612 34 ## ##", ("marc",),
    firms("Puerto Azul Desalinización SL | puertoazul | water | Valencia | 160 | provisional | C | prospect"),
    cities("Valencia | Comunidad Valenciana | 46024 | +34 96 123 4# ##"),
    words("Calle del Mar, Avenida del Puerto"), words("Lucía, Carmen"), words("Álvaro, Diego"), words("Navarro, Serrano, Ibáñez"),
)  # fmt: skip

ALL = (BRITAIN, FRANCE, BELGIUM, SPAIN)
