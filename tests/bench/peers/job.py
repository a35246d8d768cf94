"""What both peers share: the clock, the rule for an address, and how results are told."""
import json, sys, time

# The rule of Usher's e-mail keys as a regular expression, on lower-cased text.
ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = "[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
ADDRESS = rf"{ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})+"

# Column of the audience and field of the destination, beside the key.
MAPPED = [("first_name", "firstName"), ("last_name", "lastName"), ("company", "company")]

DATA, WORK, THREADS = sys.argv[1], sys.argv[2], int(sys.argv[3])


class Job:
    """Times each step and gathers what it found."""

    def __init__(self, engine):
        self.told = {"engine": engine, "seconds": {}, "counts": {}}
        self.since = time.perf_counter()

    def lap(self, step):
        now = time.perf_counter()
        self.told["seconds"][step] = now - self.since
        self.since = time.perf_counter()

    def verdicts(self, step, rows):
        """Rows are (verdict, people, people whose key several leads have)."""
        counts = {verdict: people for verdict, people, _ in rows}
        counts["ambiguous_keys"] = sum(several for verdict, _, several in rows if verdict != "duplicate_in_audience")
        self.told["counts"][step] = counts

    def measure(self, stored_bytes):
        self.told["stored_bytes"] = stored_bytes
        self.told["peak_bytes"] = peak()
        self.since = time.perf_counter()

    def chosen(self, leads):
        """The numbers of the leads of those who are there, summed up."""
        self.told["counts"]["chosen_leads"] = {"sum": int(leads)}

    def tell(self):
        print(json.dumps(self.told))


def peak():
    """The most memory this process ever had, as the kernel counts it for everyone."""
    try:
        with open("/proc/self/status") as status:
            line = next(line for line in status if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    except FileNotFoundError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
