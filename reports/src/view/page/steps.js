// Steps: the records that pass the filters, one after the other, and what a search finds in them.

class Steps {
  constructor(view) {
    this.view = view;
    this.hiddenKinds = new Set();
    this.showsDetails = false;
    this.showsEvents = true;
    this.list = new Int32Array(0);
    this.passed = new Uint8Array(0);
    this.needle = "";
    this.matches = new Int32Array(0);
  }

  // Whether a record passed the filters when they were applied last.
  passes(i) {
    return this.passed[i] === 1;
  }

  judge(i) {
    const { records, rows } = this.view;
    const kind = records.kind[i];
    if (kind === ARROW) {
      return !this.hiddenKinds.has(records.label[i]) && (rows.isSeen(records.lane[i]) || rows.isSeen(records.from[i]));
    }
    if (kind === DETAIL && !this.showsDetails) return false;
    if (kind === EVENT && !this.showsEvents) return false;
    return records.lane[i] < 0 || rows.isSeen(records.lane[i]);
  }

  // Makes the list anew, after a filter has changed or more was read.
  filter() {
    const { records } = this.view;
    const list = new Int32Array(records.count);
    this.passed = new Uint8Array(records.count);
    let count = 0;
    for (let i = 0; i < records.count; i += 1) {
      if (!this.judge(i)) continue;
      this.passed[i] = 1;
      list[count++] = i;
    }
    this.list = list.slice(0, count);
    this.search(this.needle);
  }

  // Looks for a text in what steps say and in the names of who takes part.
  search(needle) {
    this.needle = needle.trim().toLowerCase();
    if (!this.needle) {
      this.matches = new Int32Array(0);
      this.finds = null;
      return;
    }
    const { records } = this.view;
    const holds = (text) => text.toLowerCase().includes(this.needle);
    const texts = records.texts.map(holds);
    const kinds = records.run.kinds.map(([, name]) => holds(name));
    const lanes = records.lanes.map((lane) => holds(lane.name));
    this.finds = (i) => {
      const label = records.label[i];
      if (records.kind[i] === ARROW) return kinds[label] || lanes[records.lane[i]] || lanes[records.from[i]];
      if (records.kind[i] === EVENT || records.kind[i] === DETAIL) return texts[label] || (lanes[records.lane[i]] ?? false);
      return holds(records.faultText(label));
    };
    this.matches = this.list.filter(this.finds);
  }

  isMatch(i) {
    return Boolean(this.finds) && this.finds(i);
  }

  // The place in `list` of the first step that comes after a moment, or not before it.
  placeAfter(list, moment) {
    const { records } = this.view;
    const isAfter = (i) => (moment.record >= 0 ? i > moment.record : records.at[i] > moment.at);
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAfter(list[middle])) high = middle; else low = middle + 1;
    }
    return low;
  }

  // The step that follows a moment, or precedes it; -1 if there is none.
  neighbour(list, moment, direction) {
    const after = this.placeAfter(list, moment);
    if (direction > 0) return after < list.length ? list[after] : -1;
    const isOn = moment.record >= 0 && after > 0 && list[after - 1] === moment.record;
    const place = after - (isOn ? 2 : 1);
    return place >= 0 ? list[place] : -1;
  }

  // Steps around a moment: some before it, it, some after.
  around(moment, count) {
    const after = this.placeAfter(this.list, moment);
    return this.list.slice(Math.max(0, after - count), after + count);
  }
}
