"""The twelve conditions of the population example as an OpenFisca country: four levels of three conditions.

`star_system(step, ...)` builds the tax-benefit system; thresholds are those of crates/rules/examples/population.rs,
or those of the policy's stars when `innovation_star_system` is used.
"""

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import YEAR
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Enterprise = build_entity(key="enterprise", plural="enterprises", label="an enterprise", is_person=True)


def whole_number(name):
    return type(name, (Variable,), {"value_type": int, "entity": Enterprise, "definition_period": YEAR, "label": name})


def condition(name, fact, threshold, strict):
    def formula(enterprise, period):
        actual = enterprise(fact, period)
        return actual > threshold if strict else actual >= threshold

    return type(name, (Variable,), {
        "value_type": bool, "entity": Enterprise, "definition_period": YEAR, "label": name, "formula": formula,
    })


def level_variable(name, levels):
    """`levels`: [(number, [names of its conditions])], ascending; the highest whose conditions all hold."""

    def formula(enterprise, period):
        reached = np.zeros(enterprise.count, dtype=np.int32)
        for number, conditions in levels:
            holds = np.ones(enterprise.count, dtype=bool)
            for each in conditions:
                holds &= enterprise(each, period)
            reached = np.where(holds, number, reached)
        return reached

    return type(name, (Variable,), {
        "value_type": int, "entity": Enterprise, "definition_period": YEAR, "label": name, "formula": formula,
    })


def system(facts, levels):
    """`levels`: {number: [(fact, threshold, strict)]}."""
    tbs = TaxBenefitSystem([Enterprise])
    for fact in facts:
        tbs.add_variable(whole_number(fact))
    named = []
    for number, conditions in sorted(levels.items()):
        names = []
        for fact, threshold, strict in conditions:
            name = f"level_{number}_{fact}"
            tbs.add_variable(condition(name, fact, threshold, strict))
            names.append(name)
        named.append((number, names))
    tbs.add_variable(level_variable("level", named))
    return tbs


def population_system(step=10):
    levels = {
        level: [("total", level * step, True), ("valuable", 5, True), ("granted", level, True)] for level in range(2, 6)
    }
    return system(["total", "valuable", "granted"], levels)


def innovation_star_system():
    """《实施意见》三（三）2: more than 20, 30, 40, 50 inventions in force and 5 or more of high value."""
    facts = ["valid_inventions", "high_value_inventions"]
    levels = {
        level: [(facts[0], more_than, True), (facts[1], 5, False)]
        for level, more_than in ((2, 20), (3, 30), (4, 40), (5, 50))
    }
    return system(facts, levels)
