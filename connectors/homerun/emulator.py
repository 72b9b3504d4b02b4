"""An emulated Homerun, version 2 of its API: whatever can be read and written there.

emulator = Emulator(people=50)
emulator.key                                  # a key that may do everything; emulator.keys holds all with their scopes
ada = emulator.person("Ada", "Lovelace", job="Baker", stage="Interview")
emulator.move(ada, "Offer")                   # as somebody there would do it
emulator.habits.new_status = 400              # a habit of `emulator_habits.Habits`
emulator.fail("reset", method="write")        # a fault of `connectors.emulation`: applied, unanswered
emulator.effects                              # what writing did, in order
"""

from connectors.homerun.emulator_writing import Writing


class Emulator(Writing):
    """Homerun in memory; its arguments are those of `Reading`, of `Guarded` and the habits."""
