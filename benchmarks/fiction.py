"""What is asked and what is added while ``benchmarks.build`` measures: invented, taken from no coverage."""

from __future__ import annotations

import random

QUESTIONS = (
    "What did the governor say about the new school budget?",
    "Who said that the bridge would be closed until spring?",
    "What was said about taxes on small companies?",
    "When did the mayor promise more police officers?",
    "What do farmers think of the water rules?",
    "Who criticised the plan for the hospital?",
    "What did the campaign say about the debate?",
    "What did the minister promise to the nurses?",
    "Why was the vote on the budget put off?",
    "What did officials say about the storm?",
    "Who called the decision of the court a mistake?",
    "What was said about refugees and the border?",
    "What did Oda Brun say about the harbour wall?",
    "How did the senator answer the charge that he had lied?",
    "What did the police say about the shooting?",
    "Who supports a higher minimum wage?",
    "What did the company say about the jobs that were cut?",
    "What did voters say about the two candidates?",
    "When was the trade agreement signed?",
    "What was said about the price of medicine?",
    "Who said that the polls were wrong?",
    "What did Piet Vos tell the council of Ostrey?",
    "What did scientists say about the warming of the sea?",
    "What did the spokeswoman say about the leaked letters?",
    "What was said about guns last week?",
    "What did the union demand of the railway?",
    "Who warned of an attack?",
    "What did the teacher say about the strike?",
    "What do economists expect of the central bank?",
    "What did the bishop say about the poor?",
)

_PEOPLE = ("Marla Quint", "Jonas Reek", "Edda Falk", "Tove Lindh", "Aron Sael", "Bice Morrow", "Hanno Pryde")
_THINGS = ("ferry", "harbour wall", "school roof", "herring quota", "tram line", "water tower", "night market")
_PLACES = ("Ostrey", "Larn", "Tidewater", "Skellmouth", "Upper Venn", "Harrowgate Sound", "Dunmarrow")
_FRAMES = (
    "{person}, who leads the council of {place}, said that the {thing} would cost {number} crowns a day.",
    "“Nobody in {place} has waited as long for a {thing} as these {number} families,” {person} said on Monday.",
    "The {thing} of {place} was closed after {number} people complained about the noise of the night shift.",
    "{person} told reporters that she would vote against the {thing} unless {place} paid its {number} workers.",
    "In {place}, {number} boats lay idle while the engineers looked at the {thing} and found nothing wrong with it.",
    "A report of {number} pages blames the {thing}, but {person} disagrees: “It was the storm,” he said.",
    "According to {person}, the fishermen of {place} will get a new {thing} and {number} nets before winter.",
)


def article(number: int, paragraphs: int = 12) -> list[str]:
    """The paragraphs of a fresh article, some with statements; another number is another article."""
    chance = random.Random(number)
    written = []
    for _ in range(paragraphs):
        words = {"person": _PEOPLE, "thing": _THINGS, "place": _PLACES}
        chosen = {name: chance.choice(given) for name, given in words.items()}
        written.append(chance.choice(_FRAMES).format(**chosen, number=chance.randrange(100, 100_000)))
    return written
