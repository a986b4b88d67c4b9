"""`python -m bench`: everything, or with --only some of it; results go to bench/results/."""

import argparse

from bench import fanout, idle, machine
from bench.contenders import Contender, Hubbub
from bench.hubbub import Servers, Writer
from bench.machine import Failed
from bench.recipes import RECIPES


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--only", default="fanout")
    parser.add_argument("--peers", default="")
    parser.add_argument("--readers", default="1000,5000")
    parser.add_argument("--quick", action="store_true")
    flags = parser.parse_args()
    machine.prepare()
    wanted = [name for name in flags.peers.split(",") if name]
    repeats, seconds = (1, 3.0) if flags.quick else (5, 4.0)
    with Servers() as servers, Writer(servers) as writer:
        contenders = [Contender(servers, recipe) for recipe in RECIPES] + [Hubbub(servers, writer)]
        for contender in contenders:
            if wanted and contender.name not in wanted:
                continue
            for readers in map(int, flags.readers.split(",")):
                try:
                    if "fanout" in flags.only:
                        for kind, figures in fanout.measure(
                            contender, readers, repeats=repeats, seconds=seconds
                        ).items():
                            print(contender.name, readers, kind, figures, flush=True)
                    if "idle" in flags.only:
                        print(contender.name, idle.measure(contender, readers), flush=True)
                except Failed as error:
                    print(contender.name, readers, "FAILED", error, flush=True)


main()
