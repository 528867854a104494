#!/usr/bin/python3
"""Embeds SQL migrations, Redis functions or policies in a C++ header.

usage: embed.py migrations|redis|policies SERVICE HEADER FILE...
"""
import pathlib
import re
import sys


def migrations(files):
    """Renders kMigrations: one entry a file NNNN_name.sql, in the order of NNNN."""
    rows = []
    for path in sorted(files):
        match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.sql", path.name)
        if not match:
            sys.exit(f"{path}: a migration is named NNNN_name.sql")
        version, name = int(match[1]), match[2]
        rows.append(f'    {{{version}, "{name}", R"SQL({path.read_text()})SQL"}},')
    body = "\n".join(rows)
    return (
        '#include "libs/postgres/migrations.h"\n\n',
        f"inline constexpr postgres::Migration kMigrations[] = {{\n{body}\n}};",
    )


def redis(files):
    """Renders kRedisLibrary: the files one after the other, in the order of their names."""
    body = "\n".join(path.read_text() for path in sorted(files))
    return "", f'inline constexpr char kRedisLibrary[] = R"LUA({body})LUA";'


def policies(files):
    """Renders the one file there is: policies.json as kShippedPolicies, travel.json likewise."""
    name = "kShipped" + files[0].stem.capitalize()
    return "", f'inline constexpr char {name}[] = R"JSON({files[0].read_text()})JSON";'


def main():
    kind, service, header = sys.argv[1:4]
    files = [pathlib.Path(name) for name in sys.argv[4:]]
    kinds = {"migrations": migrations, "redis": redis, "policies": policies}
    includes, constant = kinds[kind](files)
    target = pathlib.Path(header)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        f"#pragma once\n\n{includes}namespace houbu::{service} {{\n"
        f"{constant}\n}}  // namespace houbu::{service}\n"
    )


if __name__ == "__main__":
    main()
