"""Man pages of all commands, from what the program says of itself (`--experimental-dump-help`)."""

import json
import subprocess


def pages(program, version, date):
    """The pages' texts by file name: sixdof.1, and sixdof-NAME.1 for each command, as git names its own."""
    dump = subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
    root = json.loads(dump)["command"]
    commands = [c for c in root["subcommands"] if c["commandName"] != "help" and c["shouldDisplay"]]
    titles = [f"sixdof-{command['commandName']}" for command in commands]
    made = {"sixdof.1": page(root, "sixdof", version, date, commands, titles)}
    for command, title in zip(commands, titles, strict=True):
        made[f"{title}.1"] = page(command, title, version, date, [], ["sixdof"])
    return made


def page(command, title, version, date, commands, others):
    call = ["sixdof"] if title == "sixdof" else ["sixdof", command["commandName"]]
    shown = [a for a in command.get("arguments", []) if a["shouldDisplay"]]
    lines = [
        f'.TH {title.upper()} 1 "{date}" "sixdof {version}" "SixDoF"', ".ad l", ".nh", ".SH NAME",
        f"{escaped(title)} \\- {escaped(first_lower(command['abstract'].rstrip('.')))}", ".SH SYNOPSIS",
        f".B {escaped(' '.join(call))}", *synopsis(shown, commands),
    ]
    if command.get("discussion"):
        lines += [".SH DESCRIPTION", *discussion(command["discussion"])]
    if commands:
        lines.append(".SH COMMANDS")
        for each in commands:
            lines += [".TP", f".BR sixdof\\-{escaped(each['commandName'])} (1)", escaped(each["abstract"])]
    titles = list(dict.fromkeys(a.get("sectionTitle") for a in shown))
    # What has no heading of its own comes first, as in the help.
    for heading in sorted(titles, key=lambda heading: heading is not None):
        lines.append(f".SH {escaped(heading.upper()) if heading else 'OPTIONS'}")
        for argument in (a for a in shown if a.get("sectionTitle") == heading):
            lines += [".TP", *described(argument)]
    lines += [".SH SEE ALSO", ", ".join(f"\\fB{escaped(other)}\\fR(1)" for other in others)]
    return "\n".join(lines) + "\n"


def synopsis(arguments, commands):
    """What has to be given; the rest is too much for a line."""
    if commands:
        return ["\\fIcommand\\fR [\\fIoptions\\fR]"]
    return [*(name(argument) for argument in arguments if not argument["isOptional"]), "[\\fIoptions\\fR]"]


def name(argument):
    """As it is typed, with its value."""
    value = f"\\fI{escaped(argument.get('valueName', ''))}\\fR" + (" ..." if argument["isRepeating"] else "")
    if argument["kind"] == "positional":
        return value
    typed = f"\\fB{escaped(spelled(argument['preferredName']))}\\fR"
    return typed if argument["kind"] == "flag" else f"{typed} {value}"


def spelled(option):
    return ("-" if option["kind"] in ("short", "longWithSingleDash") else "--") + option["name"]


def described(argument):
    if argument["kind"] == "positional":
        head = name(argument)
    else:
        names = sorted((spelled(option) for option in argument["names"]), key=len)
        head = ", ".join(f"\\fB{escaped(option)}\\fR" for option in names)
        if argument["kind"] == "option":
            head += f" \\fI{escaped(argument['valueName'])}\\fR"
    text = [escaped(argument.get("abstract", ""))]
    if argument.get("discussion"):
        text.append(escaped(argument["discussion"]))
    values = argument.get("allValues")
    if values and argument["kind"] != "flag":
        text.append(f"Values: {escaped(', '.join(values))}.")
    if argument.get("defaultValue"):
        text.append(f"Default: {escaped(argument['defaultValue'])}.")
    return [head, *(line for line in text if line)]


def discussion(text):
    """Paragraphs as they are; indented lines are examples, which keep their lines."""
    lines, example = [], False
    for paragraph in text.strip("\n").split("\n\n"):
        for i, line in enumerate(paragraph.split("\n")):
            is_example = line.startswith("  ")
            if is_example != example:
                lines += [".PP", ".RS 4", ".nf"] if is_example else [".fi", ".RE", ".PP"]
            elif i == 0 and lines:
                lines.append(".sp" if example else ".PP")
            example = is_example
            lines.append(escaped(line[2:] if is_example else line))
    return lines + ([".fi", ".RE"] if example else [])


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def first_lower(text):
    """Man pages' NAME lines begin in lower case, unless with a word all in capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
