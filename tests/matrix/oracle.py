"""Who may do what, said a second time: the rules in words (R135-R138, spec/security.md C1) as plain Python over dumped rows.

It shares no code with Kith and knows no database. `kinds` are the declarations of the registry as plain data, `tables` the
rows of each kind as PostgreSQL gives them as JSON.
"""

# fmt: off
READING = ("view", "export", "history", "sensitive")
SHARED = {"view": ("view", "edit"), "history": ("view", "edit"), "edit": ("edit",)}
FIELD_LEVELS = ("none", "read", "edit")
WORKING = {"activities.task": ("todo", "doing", "blocked"), "marketing.calllistentry": ("waiting", "callback")}


class Person:
    """What decides about one person's rights on one day."""

    def __init__(self, oracle, user, scopes=None):
        self.id, self.scopes, day, alive = user, scopes, oracle.day, oracle.alive
        me = next((row for row in alive("access.user") if row["id"] == user and row["is_active"]), None)
        self.exists, self.kind, unit = me is not None, me and me["kind"], me and me["org_unit_id"]
        groups = {row["id"]: row for row in alive("access.group")}
        members = [row for row in alive("access.groupmember") if on(row, day) and row["group_id"] in groups]
        self.groups = climb({row["group_id"] for row in members if row["user_id"] == user}, [(row["child_id"], row["group_id"]) for row in members])
        teams = climb({key for key in self.groups if groups[key]["is_team"]}, [(row["group_id"], row["child_id"]) for row in members])
        self.team = {user} | {row["user_id"] for row in members if row["group_id"] in teams and row["user_id"]}
        units = [(row["id"], row["parent_id"]) for row in alive("people.orgunit")]
        unit = unit if unit in {key for key, _above in units} else None
        self.units = climb({unit} - {None}, [(above, key) for key, above in units])
        above = climb({unit} - {None}, units)
        staff = alive("people.employee")
        below = climb({row["id"] for row in staff if row["user_id"] == user}, [(row["manager_id"], row["id"]) for row in staff])
        self.reports = {user} | {row["user_id"] for row in staff if row["id"] in below and row["user_id"]}
        grants = [row for row in alive("access.rolegrant") if on(row, day) and (row["user_id"] == user or row["group_id"] in self.groups or row["org_unit_granted_id"] in above)]
        roles = self.roles = {row["id"] for row in alive("access.role")} & {row["role_id"] for row in grants}
        self.rules = [row for row in alive("access.policyrule") if row["role_id"] in roles] if me else []
        self.field_rules = [row for row in alive("access.fieldpolicy") if row["role_id"] in roles] if me else []
        mine = [row for row in alive("access.share") if row["user_id"] == user or row["group_id"] in self.groups]
        self.shares = {(row["subject_id"], row["level"]) for row in mine if on(row, day)}


class Oracle:
    """Answers about the rows of one dump."""

    def __init__(self, kinds, tables, day):
        self.kinds, self.tables, self.day, self.memo = kinds, tables, day, {}

    def alive(self, label):
        """The rows of a kind that are not in the trash; those of one face where a table has several."""
        face = self.kinds[label]["face"].items()
        return [row for row in self.tables[self.kinds[label]["table"]] if not row["deleted_at"] and all(row[name] == value for name, value in face)]

    def ids(self, who, label, op="view", trashed=False):
        """The ids of all rows of a kind on which somebody may do something."""
        if (key := (who, label, op, trashed)) not in self.memo:
            face = self.kinds[label]["face"].items()
            rows = [row for row in self.tables[self.kinds[label]["table"]] if bool(row["deleted_at"]) is trashed and all(row[n] == v for n, v in face)]
            self.memo[key] = {row["id"] for row in rows if self.may(who, label, op, row)}
        return self.memo[key]

    def may(self, who, label, op, row):
        """Whether somebody may do something with a row: what cannot be seen cannot be touched."""
        kind = self.kinds[label]
        if not who.exists:
            return False
        for face in kind["faces"]:
            if all(row[name] == value for name, value in self.kinds[face]["face"].items()):
                return self.may(who, face, op, row)
        if who.scopes is not None and not who.scopes & {f"{label}:{op}", f"{label}:*", f"*:{op}", "*"}:
            return False
        if op == "view" and kind["public"]:
            return True
        return self.reached(who, label, op, row) and (op == "view" or self.may(who, label, "view", row))

    def reached(self, who, label, op, row):
        """Whether a rule, the whole that a part belongs to, a share, a task or the person's own nature opens it."""
        kind, part = self.kinds[label], self.kinds[label]["parent"] or self.kinds[label]["subject"]
        allowing = [rule for rule in self.rules(who, label, op) if not rule["deny"]]
        denied = any(holds(rule["condition"], row, who) for rule in self.rules(who, label, op) if rule["deny"])
        with_whole = part and not denied and (not kind["own_right"] or any(rule["level"] != "none" for rule in allowing))
        if with_whole and (self.whole(who, label, op, row) or (kind["own"] and op != "export" and self.mine(who, kind, "own", row))):
            return True
        by_itself = (not part or kind["rules"]) and not denied
        if by_itself and any(self.mine(who, kind, rule["level"], row) and holds(rule["condition"], row, who) for rule in allowing):
            return True
        if any((row["id"], level) in who.shares for level in SHARED.get(op, ())):
            return True
        if label == "core.view" and op != "export" and (row["owner_id"] == who.id or (op == "view" and (row["is_public"] or who.groups & set(row["shared_with"])))):
            return True
        if label == "core.dashboard" and op != "export" and (row["owner_id"] == who.id or (op == "view" and (row["is_public"] or who.groups & {*row["shared_with"], *row["default_groups"]} or who.roles & set(row["default_roles"])))):
            return True
        if label == "access.user" and op == "edit" and row["id"] == who.id and who.kind != "service" and who.scopes is None:
            return True
        return op == "view" and not part and self.working(who, label, row)

    def working(self, who, label, row):
        """An open task opens its record to the assignee, and to those above; an open prospect its customer and its list to the caller."""
        above = any(rule["level"] == "reports" and not rule["deny"] for rule in self.rules(who, label, "view"))
        tasks = [task for task in self.alive("activities.task") if task["status"] in WORKING["activities.task"] and task["subject_entity"] == label]
        if any(task["subject_id"] == row["id"] and task["assignee_id"] in (who.reports if above else {who.id}) for task in tasks):
            return True
        calls = [call for call in self.alive("marketing.calllistentry") if call["owner_id"] == who.id and call["status"] in WORKING["marketing.calllistentry"]]
        column = {"parties.company": "party_id", "parties.person": "party_id", "marketing.calllist": "call_list_id"}.get(label)
        return bool(column) and any(call[column] == row["id"] for call in calls)

    def whole(self, who, label, op, row):
        """Whether the record that a part belongs to may be seen, or changed where the part is to be changed."""
        kind, wanted = self.kinds[label], op if op in ("view", "history", "export") else self.kinds[label]["needs"]
        whole, key = (kind["parent_kind"], row[kind["parent"] + "_id"]) if kind["parent"] else (row["subject_entity"], row["subject_id"])
        if not kind["parent"] and not self.kinds.get(whole, {}).get("is_subject"):
            return False
        return self.every(who, whole, wanted) or key in self.ids(who, whole, wanted)

    def every(self, who, label, op):
        """Whether it may be done on every row of a kind: then nobody looks whether the whole of a part lies in the trash."""
        kind = self.kinds[label]
        if kind["faces"]:
            return all(self.every(who, face, op) for face in kind["faces"])
        if who.scopes is not None and not who.scopes & {f"{label}:{op}", f"{label}:*", f"*:{op}", "*"}:
            return False
        rules = self.rules(who, label, op)
        freely = any(rule["level"] == "all" and not rule["condition"] for rule in rules if not rule["deny"]) and not any(rule["deny"] for rule in rules)
        if kind["parent"]:
            freely = self.every(who, kind["parent_kind"], op if op in ("view", "history", "export") else kind["needs"]) and (freely or not kind["own_right"])
        return who.exists and ((op == "view" and kind["public"]) or freely) and (op == "view" or self.every(who, label, "view"))

    def rules(self, who, label, op):
        """The rules that speak about it; a line that names the kind goes before "every kind" of the same role."""
        named = [rule for rule in who.rules if rule["entity"] == label and rule["operation"] == op]
        broad = [rule for rule in who.rules if rule not in named and rule["operation"] in (op, "*") and (rule["entity"] == label or (rule["entity"] == "*" and self.opens(rule, label, op)))]
        exact = {rule["role_id"] for rule in named}
        return named + [rule for rule in broad if rule["deny"] or rule["role_id"] not in exact]

    def opens(self, rule, label, op):
        """Public kinds (users, roles, dictionaries) are written by "every kind" only with every operation on everything."""
        return not self.kinds[label]["public"] or op in READING or rule["deny"] or (rule["operation"] == "*" and rule["level"] == "all")

    def mine(self, who, kind, level, row):
        """Whether a level reaches a row: own is the owner, or whoever made it while it has none."""
        people = {"own": {who.id}, "unit": {who.id}, "team": who.team, "reports": who.reports}.get(level, set())
        owners = {row[name + "_id"] for name in kind["own"]} | ({row["created_by_id"]} if not row["owner_id"] else set())
        return level == "all" or bool(owners & people) or (level == "unit" and row["org_unit_id"] in who.units)

    def field(self, who, label, name):
        """What somebody may do with a field: the most that a role gives, sensitive ones need a right, binding rules cut it; one that is worked out needs those it follows from, and all records it gathers or a role that names it."""
        kind = self.kinds[label]
        faces = [face for face in kind["faces"] if name in self.kinds[face]["fields"]]
        if faces:
            return min((self.field(who, face, name) for face in faces), key=FIELD_LEVELS.index)
        sight = self.rules(who, label, "sensitive")
        sees = any(rule["level"] == "all" and not rule["condition"] for rule in sight if not rule["deny"]) and not any(rule["deny"] for rule in sight)
        plain = "none" if name in kind["sensitive"] and not sees else "edit"
        about = [rule for rule in who.field_rules if rule["entity"] == label and rule["field"] == name]
        given = {rule["role_id"]: rule["level"] for rule in about if not rule["deny"]}
        needs, gathers = kind["worked"].get(name, ((), ()))
        if any(self.field(who, *other) == "none" for other in needs):
            return "none"
        if not set(given.values()) - {"none"} and not all(self.every(who, other, "view") for other in gathers):
            return "none"
        roles = {rule["role_id"] for rule in self.rules(who, label, "view") if not rule["deny"]} | set(given)
        best = max([given.get(role, plain) for role in roles] or [plain], key=FIELD_LEVELS.index) if about else plain
        return min([best, *(rule["level"] for rule in about if rule["deny"])], key=FIELD_LEVELS.index)


def on(row, day):
    """Whether something with a first and a last day holds on a day."""
    return (row.get("valid_from") or day) <= day <= (row.get("valid_to") or day)


def climb(start, steps):
    """Everything that can be reached from the start by steps (from, to)."""
    found = set(start)
    while more := {there for here, there in steps if here in found and there} - found:
        found |= more
    return found


def holds(condition, row, who):
    """The conditions that the matrix gives to rules."""
    if not condition:
        return True
    values = {"filled": lambda value: bool(value), "empty": lambda value: not value}
    if condition["op"] == "any":
        return row[condition["field"] + "_id"] in [who.id if value == "me" else value for value in condition["value"]]
    return values[condition["op"]](row[condition["field"]])
