"""An emulated CATS, version 3 of its API: what is read and searched there, what is written, events and webhooks.

emulator = Emulator(people=50)
emulator.key                                  # a key that works; emulator.keys holds all, emulator.revoked the dead
ada = emulator.person("Ada", "Lovelace", job="Baker", status="Submitted")
emulator.move(ada, to="Placed")               # as somebody there would do it
emulator.options.total = "text"               # a habit of reading, of `emulator_options.Options`
emulator.habits.required_triggers = "refused" # a habit of writing, of `emulator_habits.Habits`
emulator.life.happen(20)                      # twenty things that people do there
emulator.fail("429", times=2, path="/jobs")   # a fault of `connectors.emulation`
emulator.effects                              # what writing did, in order, each trigger that fired included
"""

from connectors.cats.emulator_activities import Activities
from connectors.cats.emulator_candidates import Candidates
from connectors.cats.emulator_files import Files
from connectors.cats.emulator_life import Alive
from connectors.cats.emulator_moves import Moves
from connectors.cats.emulator_routes import AccountRoutes, RecordRoutes
from connectors.cats.emulator_searches import SearchRoutes


class Emulator(Alive, Candidates, Moves, Activities, Files, AccountRoutes, RecordRoutes, SearchRoutes):
    """CATS in memory: `account` is the truth, `options` and `habits` its habits, `keys` the keys that open it."""
