"""The Python doors of the vectors: reads requests as JSON lines from stdin, answers on stdout. See ``tests/README.md`` of the project.

``--mode sync`` drives :class:`ManagementApi` (what is parallel runs in threads; a call is cancelled by Ctrl-C), ``--mode async`` :class:`AsyncManagementApi`.
It compares nothing.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from vectors import asynchronous, blocking

MODES = {"sync": blocking.run_vector, "async": asynchronous.run_vector}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=MODES, required=True)
    run_vector = MODES[parser.parse_args().mode]
    # A run that a shell started in the background has SIGINT ignored, and hands that on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for line in sys.stdin:
        if not line.strip():
            continue
        request = json.loads(line)
        try:
            answer = run_vector(request)
        except Exception:
            traceback.print_exc()
            answer = {"outcomes": [], "sleeps": [], "warnings": []}
        print(json.dumps({"id": request["id"], **answer}), flush=True)


if __name__ == "__main__":
    main()
