"""How an emulated ATS is steered and looked into by programs of this machine, below /_emulator."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from connectors.emulation import Emulator

CONTROL = "/_emulator"
HERE = (None, "127.0.0.1", "::1")
HELP = "POST faults, DELETE faults, POST habits, POST life, GET truth?after=, GET truth/…"


def control(emulator: "Emulator", request: Request) -> Response:
    """Do what a control address stands for."""
    if request.remote_addr not in HERE:
        return emulator.json({"message": "Only this machine may"}, 403)
    path = request.path.removeprefix(CONTROL)
    try:
        match request.method, path:
            case "POST", "/faults":
                emulator.fail(**request.get_json())
                return emulator.json({"faults": len(emulator.faults)})
            case "DELETE", "/faults":
                emulator.heal()
                return emulator.json({"faults": 0})
            case "POST", "/habits":
                emulator.behave(**request.get_json())
                return emulator.json({})
            case "POST", "/life":
                return emulator.json({"done": _live(emulator, **request.get_json())})
            case "GET", "/truth":
                return emulator.json(_done(emulator, int(request.args.get("after", 0))))
    except (TypeError, ValueError) as error:
        return emulator.json({"message": str(error)}, 400)
    if path.startswith("/truth/"):
        return emulator.truth(request, path.removeprefix("/truth"))
    return emulator.json({"message": HELP}, 404)


def _live(emulator: "Emulator", changes: int = 0, per_minute: float | None = None) -> dict[str, int]:
    if per_minute is not None:
        emulator.life.go_on(float(per_minute))
    return emulator.life.happen(int(changes))


def _done(emulator: "Emulator", after: int) -> dict[str, Any]:
    """What writing did after the effect of that number, in order and counted, and how many writes are still put off."""
    with emulator.lock:
        emulator.catch_up()
        effects = [effect.told() for effect in emulator.effects[after:]]
        counts = Counter(effect.what for effect in emulator.effects[after:])
        return {"effects": effects, "counts": dict(sorted(counts.items())), "late": len(emulator.late)}
