"""What people write down in English: jobs, notes, tasks, personal facts."""

from .shape import rows

#: title, department, role in decisions; the first one leads, the others report to one before.
JOBS = rows("""
    Managing director | Management | signer
    Purchasing director | Purchasing | decision_maker
    Maintenance manager | Maintenance | champion
    Process engineer | Production | user
    Chief financial officer | Finance | signer
    Quality manager | Quality | influencer
    Laboratory manager | Laboratory | user
    Assistant to the board | Management | gatekeeper
""")  # fmt: skip
PAST_JOBS = rows("""
    Plant engineer | Production
    Buyer | Purchasing
    Metrologist | Laboratory
""")  # fmt: skip
NOTES = (
    "Called {person}. The budget for the second gauge is approved, but only if installation is done before the spring shutdown.",
    "Visited the plant in {city}. Two of the old moisture sensors drift by 0.4 %; they want a trial unit for six weeks.",
    "{person} asked for calibration certificates of the last three years. Sent the ones we have; the 2023 set is with service.",
    "Competitor Valtek offered 6 % less. {person} prefers us because of the service contract, but purchasing will ask for a discount.",
    "Met {person} at the trade fair. New line planned for next year: about twelve measuring points, tender in the second quarter.",
    "The display of unit TX-400 went blank again after the firmware update. Spare part is on its way, {mention} please follow up.",
    "Quarterly review with {person}: happy with response times, unhappy with the web portal. Asked for one contact for all sites.",
    "Price talk: they accept list price for the sensors and want 8 % on the maintenance plan. {mention}, can we do that?",
    "{person} will be away until the end of the month; deputise through the purchasing office.",
    "Credit check came back fine. Limit raised; payment terms stay at 30 days net.",
    "Demo by video went well. Open question: does the interferometer work at 45 °C ambient? {mention} to check with engineering.",
    "They moved the project to the next budget year. Keep warm, call in February.",
    "Delivery arrived complete. {person} confirmed that commissioning can start on Monday.",
    "Audit passed: no findings on our instruments. {person} wrote a kind letter that we may quote.",
)
TASKS = rows("""
    Call {person} about the revised discount | call | high
    Send calibration certificates to {company} | email | normal
    Prepare the visit to {company} | todo | normal
    Visit {company} | visit | normal
    Renewal terms for the service plan of {company} | todo | high
    Ask {person} for the drawings of the new line | email | low
    Video call with {person}: demo of the online gauge | meeting | normal
    Check open invoices of {company} | todo | normal
    Congratulate {person} on the anniversary | call | low
    Offer a trial unit to {company} | email | normal
    Confirm the delivery slot with {company} | call | normal
    Collect feedback after commissioning at {company} | call | low
""")  # fmt: skip
INTERNAL = rows("""
    Monthly figures for the management meeting | todo | high
    Update the price list of spare parts | todo | normal
    Book travel for next week | todo | low
    Review the texts of the spring mailing | todo | normal
""")  # fmt: skip
FACTS = rows("""
    interest | Sails on weekends, owns a small boat
    interest | Long-distance runner; did the Berlin marathon
    interest | Collects old measuring instruments
    interest | Plays the cello in an amateur orchestra
    family | Two children, the elder one studies physics
    family | Married; partner teaches chemistry
    preference | Prefers a call before noon to any e-mail
    preference | Vegetarian
    gift | Was pleased with the book on lighthouses last year
    background | Came from maintenance, knows every valve by name
""")  # fmt: skip
RESULTS = (
    "Done, they will come back next week.",
    "Reached the voice mail, sent an e-mail instead.",
    "Agreed; offer follows.",
    "Sent.",
)
DESCRIPTION = "Uses our instruments for {industry}. First order in {year}; {employees} people on site."
FOUNDING = "Founding day of the family business"
BIRTHDAY = "Birthday"
DECISIONS = (
    "Wants figures first, decides alone",
    "Asks the team, then decides fast",
    "Careful; needs a reference from the same industry",
    "Looks at the total cost over ten years",
)
SPOUSE, REFERRED, PARTNER, ADVISOR = (
    "Both met at our users' day",
    "Recommended us after the pilot",
    "Installs our sensors on new lines",
    "Sits on the advisory board",
)
BASIS = "Yearly review: orders, payments and talks of the last twelve months."
TERMS = "30 days net"
