// The lanes: one per process name, the states that it went through, and which of them are seen.

const ROLES = [
  ["master", "Masters"], ["election-service", "Election service"], ["driver", "Drivers"],
  ["submit-client", "Submit clients"], ["worker", "Workers"], ["executor", "Executors"],
];

// Beyond so many lanes, executors are hidden at first.
const LANES_AT_FIRST = 40;

class Lane {
  constructor(id, name, role, parent) {
    Object.assign(this, { id, name, role, parent });
    this.times = [];
    this.words = [];
    this.details = [];
    this.folds = [];
  }

  enter(at, word, details) {
    this.times.push(at);
    this.words.push(word);
    this.details.push(details);
  }

  // The state that it is in at an instant: its place in the lists; -1 before the first.
  placeAt(at) {
    let low = 0, high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] <= at) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  wordAt(at) {
    const place = this.placeAt(at);
    return place < 0 ? "NOT STARTED" : this.words[place];
  }

  detailsAt(at) {
    const place = this.placeAt(at);
    return place < 0 ? "" : this.details[place];
  }
}

// How good a state is: good, calm, busy, bad, or gone.
function toneOf(word) {
  switch (word) {
    case "ALIVE": case "RUNNING": return "good";
    case "STANDBY": case "WAITING": case "FINISHED": return "calm";
    case "STARTING": case "RECOVERING": case "COMPLETING_RECOVERY": case "UNKNOWN":
    case "UNREGISTERED": case "DECOMMISSIONED": return "busy";
    case "DEAD": case "PAUSED": case "FAILED": case "KILLED": return "bad";
    default: return "gone";
  }
}

// Which lanes are seen, and in which order.
class Rows {
  constructor(records) {
    this.records = records;
    this.text = "";
    this.hidden = new Set();
    this.lanes = [];
    this.rowOf = new Int32Array(0);
  }

  // Hides what would be too much at first.
  begin() {
    if (this.records.lanes.length > LANES_AT_FIRST) this.hidden.add("executor");
    this.arrange();
  }

  // Roles in order; children below the worker that started them.
  arrange() {
    const wanted = this.text.toLowerCase().split(",").map((part) => part.trim()).filter(Boolean);
    const isSeen = (lane) => !this.hidden.has(lane.role)
      && (wanted.length === 0 || wanted.some((part) => lane.name.toLowerCase().includes(part)));
    const children = new Map();
    for (const lane of this.records.lanes) {
      if (lane.parent >= 0) {
        if (!children.has(lane.parent)) children.set(lane.parent, []);
        children.get(lane.parent).push(lane);
      }
    }
    this.lanes = [];
    for (const [role] of ROLES) {
      for (const lane of this.records.lanes) {
        if (lane.role !== role || lane.parent >= 0) continue;
        for (const one of [lane, ...(children.get(lane.id) ?? [])]) if (isSeen(one)) this.lanes.push(one);
      }
    }
    this.rowOf = new Int32Array(this.records.lanes.length).fill(-1);
    this.lanes.forEach((lane, row) => { this.rowOf[lane.id] = row; });
  }

  isSeen(lane) {
    return lane >= 0 && this.rowOf[lane] >= 0;
  }
}
