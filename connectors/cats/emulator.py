"""An emulated CATS, version 3 of its API: the reading half, searches, events and webhooks.

emulator = Emulator(people=50)
emulator.key                                  # a key that works; emulator.keys holds all, emulator.revoked the dead
ada = emulator.person("Ada", "Lovelace", job="Baker", status="Submitted")
emulator.move(ada, to="Placed")
emulator.options.total = "text"               # a habit of `emulator_options.Options`
emulator.life.happen(20)                      # twenty things that people do there
emulator.fail("429", times=2, path="/jobs")   # a fault of `connectors.emulation`
"""

from connectors.cats.emulator_life import Alive
from connectors.cats.emulator_routes import AccountRoutes, RecordRoutes
from connectors.cats.emulator_searches import SearchRoutes


class Emulator(Alive, AccountRoutes, RecordRoutes, SearchRoutes):
    """CATS in memory: `account` is the truth, `options` its habits, `keys` the keys that open it."""
