//! Analytic answers of one flow, and a random program of sends, cuts and healings against what
//! TCP promises.

use super::{Attempted, Flow, RETRANSMISSION_TIMEOUT_MAX, Sent, TCP_USER_TIMEOUT};
use crate::network::{Path, Way};
use deploysim_protocol::time::Time;
use proptest::prelude::*;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

const DELAY: Duration = Duration::from_millis(1);
/// The way forward is open, the way back is cut.
const MUTE: Path = Path {
    forward: Way::Open,
    backward: Way::Cut,
};
/// The way forward is cut, the way back is open.
const DEAF: Path = Path {
    forward: Way::Cut,
    backward: Way::Open,
};

const fn at(milliseconds: u64) -> Time {
    Time::from_millis(milliseconds)
}

fn flow() -> Flow {
    Flow::new(TCP_USER_TIMEOUT)
}

fn send(flow: &mut Flow, now: Time, path: Path) -> Sent {
    flow.send(now, path, || DELAY)
}

/// Makes every retransmission that comes due, over the path of that instant, until one answers
/// something else than `Again`.
fn drive(flow: &mut Flow, path_at: impl Fn(Time) -> Path) -> (Time, Attempted) {
    loop {
        let now = flow.attempt_at().expect("something is unacknowledged");
        match flow.attempt(now, path_at(now), || DELAY) {
            Attempted::Again { attempt_at } => assert_eq!(Some(attempt_at), flow.attempt_at()),
            answer @ (Attempted::Acknowledged
            | Attempted::Released { .. }
            | Attempted::ReleasedUnacknowledged { .. }
            | Attempted::Broken
            | Attempted::Stale) => return (now, answer),
        }
    }
}

/// Both ways are cut before `healed`.
fn cut_until(healed: Time) -> impl Fn(Time) -> Path {
    move |now| if now < healed { Path::CUT } else { Path::OPEN }
}

#[test]
fn a_flow_is_small() {
    assert_eq!(size_of::<Flow>(), 24);
}

#[test]
fn on_an_open_path_a_byte_takes_its_delay_and_leaves_nothing_behind() {
    let mut flow = flow();
    let sent = send(&mut flow, at(5_000), Path::OPEN);
    assert_eq!(sent, Sent::Arrives { at: at(5_001) });
    assert_eq!(flow.attempt_at(), None);
}

#[test]
fn a_byte_does_not_overtake() {
    let mut flow = flow();
    let slow = flow.send(at(0), Path::OPEN, || Duration::from_millis(50));
    let fast = flow.send(at(10), Path::OPEN, || Duration::from_millis(1));
    let late = flow.send(at(60), Path::OPEN, || Duration::from_millis(1));
    assert_eq!(slow, Sent::Arrives { at: at(50) });
    assert_eq!(fast, Sent::Arrives { at: at(50) });
    assert_eq!(late, Sent::Arrives { at: at(61) });
}

#[test]
fn retransmissions_double_to_two_minutes_and_end_with_the_user_timeout() {
    let mut flow = flow();
    let sent = send(&mut flow, at(1_000), Path::CUT);
    let attempt_at = Some(at(1_200));
    assert_eq!(sent, Sent::Held { attempt_at });
    assert_eq!(
        drive(&mut flow, |_| Path::CUT),
        (at(925_600), Attempted::Broken)
    );

    let mut flow = Flow::new(Duration::from_millis(924_601));
    send(&mut flow, at(0), Path::CUT);
    let mut ages = vec![];
    while let Some(now) = flow.attempt_at() {
        ages.push(now.as_nanos() / 1_000_000);
        flow.attempt(now, Path::CUT, || DELAY);
    }
    let expected = [
        200, 600, 1_400, 3_000, 6_200, 12_600, 25_400, 51_000, 102_200, 204_600, 324_600, 444_600,
        564_600, 684_600, 804_600, 924_600, 924_601,
    ];
    assert_eq!(ages, expected);
}

#[test]
fn a_partition_of_two_seconds_ends_with_the_first_retransmission_after_it() {
    let mut flow = flow();
    send(&mut flow, at(10_000), Path::CUT);
    let (now, answer) = drive(&mut flow, cut_until(at(12_000)));
    assert_eq!(
        (now, answer),
        (at(13_000), Attempted::Released { at: at(13_001) })
    );
    assert_eq!(flow.attempt_at(), None);
}

#[test]
fn a_byte_of_30_s_crosses_a_partition_until_160_s_at_234_6_s() {
    let mut flow = flow();
    send(&mut flow, at(30_000), Path::CUT);
    for later in [45_000, 60_000, 150_000] {
        let sent = send(&mut flow, at(later), Path::CUT);
        assert_eq!(sent, Sent::Held { attempt_at: None });
    }
    // The partition is over, and yet later bytes wait behind the held ones.
    let sent = send(&mut flow, at(165_000), Path::OPEN);
    assert_eq!(sent, Sent::Held { attempt_at: None });
    let (now, answer) = drive(&mut flow, cut_until(at(160_000)));
    assert_eq!(now, at(234_600));
    assert_eq!(answer, Attempted::Released { at: at(234_601) });
    let sent = send(&mut flow, at(234_600), Path::OPEN);
    assert_eq!(sent, Sent::Arrives { at: at(234_601) });
}

#[test]
fn an_outage_must_end_by_the_last_retransmission_before_the_user_timeout() {
    let mut in_time = flow();
    send(&mut in_time, at(0), Path::CUT);
    let (now, answer) = drive(&mut in_time, cut_until(at(804_600)));
    assert_eq!(
        (now, answer),
        (at(804_600), Attempted::Released { at: at(804_601) })
    );

    let mut too_late = flow();
    send(&mut too_late, at(0), Path::CUT);
    let end = drive(&mut too_late, cut_until(at(804_601)));
    assert_eq!(end, (at(924_600), Attempted::Broken));
    assert!(too_late.is_broken());
    assert_eq!(send(&mut too_late, at(930_000), Path::OPEN), Sent::Broken);
    assert_eq!(too_late.attempt_at(), None);
}

#[test]
fn a_one_way_cut_delivers_the_other_way_and_breaks_it() {
    // A→B is cut. B's bytes arrive; their acknowledgements do not.
    let mut of_b = flow();
    let first = send(&mut of_b, at(1_000), MUTE);
    let attempt_at = Some(at(1_200));
    let arrives = at(1_001);
    assert_eq!(
        first,
        Sent::ArrivesUnacknowledged {
            at: arrives,
            attempt_at
        }
    );
    let second = send(&mut of_b, at(16_000), MUTE);
    let arrives = at(16_001);
    assert_eq!(
        second,
        Sent::ArrivesUnacknowledged {
            at: arrives,
            attempt_at: None
        }
    );
    assert_eq!(drive(&mut of_b, |_| MUTE), (at(925_600), Attempted::Broken));

    // A's end: it sent nothing, so it waits for nothing and is not told.
    assert_eq!(flow().attempt_at(), None);
    // What A sends is held and, too, breaks only after the time-out of its own.
    let mut of_a = flow();
    send(&mut of_a, at(50_000), DEAF);
    assert_eq!(drive(&mut of_a, |_| DEAF), (at(974_600), Attempted::Broken));
}

#[test]
fn an_acknowledgement_covers_all_before_it() {
    let mut flow = flow();
    send(&mut flow, at(1_000), MUTE);
    let sent = send(&mut flow, at(1_100), Path::OPEN);
    assert_eq!(sent, Sent::Arrives { at: at(1_101) });
    assert_eq!(
        flow.attempt(at(1_200), Path::OPEN, || DELAY),
        Attempted::Stale
    );

    // A retransmission does the same for bytes that had arrived.
    send(&mut flow, at(2_000), MUTE);
    let answer = flow.attempt(at(2_200), Path::OPEN, || DELAY);
    assert_eq!(answer, Attempted::Acknowledged);
    assert_eq!(flow.attempt_at(), None);
}

#[test]
fn bytes_in_flight_arrive_and_their_age_counts_for_what_is_held_later() {
    let mut flow = flow();
    send(&mut flow, at(0), MUTE);
    // The next byte is held; the oldest unacknowledged one sets the pace.
    assert_eq!(
        send(&mut flow, at(1_000), Path::CUT),
        Sent::Held { attempt_at: None }
    );
    assert_eq!(flow.attempt_at(), Some(at(200)));
    let healed = |now| if now < at(2_000) { Path::CUT } else { MUTE };
    let (now, answer) = drive(&mut flow, healed);
    assert_eq!(now, at(3_000));
    let (arrives, attempt_at) = (at(3_001), at(6_200));
    assert_eq!(
        answer,
        Attempted::ReleasedUnacknowledged {
            at: arrives,
            attempt_at
        }
    );
    assert!(!flow.is_holding());
    assert_eq!(
        drive(&mut flow, |_| Path::OPEN),
        (at(6_200), Attempted::Acknowledged)
    );
}

#[test]
fn after_an_acknowledgement_the_time_outs_begin_anew() {
    let mut flow = flow();
    send(&mut flow, at(0), Path::CUT);
    drive(&mut flow, cut_until(at(60_000)));
    let attempt_at = Some(at(200_200));
    assert_eq!(
        send(&mut flow, at(200_000), Path::CUT),
        Sent::Held { attempt_at }
    );
}

#[test]
fn a_step_for_acknowledged_bytes_is_stale() {
    let mut flow = flow();
    send(&mut flow, at(1_000), MUTE);
    send(&mut flow, at(1_050), Path::OPEN);
    send(&mut flow, at(1_100), Path::CUT);
    // The step of the first byte; the held one is due at 1.3 s.
    let before = flow.clone();
    assert_eq!(
        flow.attempt(at(1_200), Path::OPEN, || DELAY),
        Attempted::Stale
    );
    assert_eq!(flow, before);
    let attempt_at = at(1_700);
    assert_eq!(
        flow.attempt(at(1_300), Path::CUT, || DELAY),
        Attempted::Again { attempt_at }
    );
    // A second step for the instant at which one was made.
    assert_eq!(
        flow.attempt(at(1_300), Path::OPEN, || DELAY),
        Attempted::Stale
    );
}

#[test]
fn a_late_step_is_made_once_and_skips_what_it_missed() {
    let mut flow = flow();
    send(&mut flow, at(0), Path::CUT);
    let attempt_at = at(3_000);
    assert_eq!(
        flow.attempt(at(1_500), Path::CUT, || DELAY),
        Attempted::Again { attempt_at }
    );
    assert_eq!(
        flow.attempt(at(924_601), Path::OPEN, || DELAY),
        Attempted::Broken
    );
}

#[test]
fn a_short_user_timeout_comes_before_the_first_retransmission() {
    let mut flow = Flow::new(Duration::from_millis(150));
    let attempt_at = Some(at(150));
    assert_eq!(send(&mut flow, at(0), Path::CUT), Sent::Held { attempt_at });
    assert_eq!(
        flow.attempt(at(150), Path::OPEN, || DELAY),
        Attempted::Broken
    );
}

#[test]
fn what_follows_in_a_release_keeps_the_order() {
    let mut flow = flow();
    send(&mut flow, at(0), Path::CUT);
    send(&mut flow, at(100), Path::CUT);
    let answer = flow.attempt(at(200), Path::OPEN, || Duration::from_millis(9));
    assert_eq!(answer, Attempted::Released { at: at(209) });
    assert_eq!(flow.follow(at(200), Duration::from_millis(3)), at(209));
    assert_eq!(flow.follow(at(200), Duration::from_millis(12)), at(212));
}

#[test]
fn flows_with_nothing_unacknowledged_compare_equal() {
    let (mut through_an_outage, mut undisturbed) = (flow(), flow());
    send(&mut through_an_outage, at(0), Path::CUT);
    drive(&mut through_an_outage, cut_until(at(1_000)));
    undisturbed.send(at(1_400), Path::OPEN, || DELAY);
    assert_eq!(through_an_outage, undisturbed);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Send { delay_ms: u64 },
    Set(Path),
}

const DELAY_MAX_MS: u64 = 3_000;

fn steps() -> impl Strategy<Value = Vec<(u64, Step)>> {
    let way = || prop_oneof![Just(Way::Open), Just(Way::Cut)];
    let path = (way(), way()).prop_map(|(forward, backward)| Path { forward, backward });
    let step = prop_oneof![
        3 => (0..=DELAY_MAX_MS).prop_map(|delay_ms| Step::Send { delay_ms }),
        1 => path.prop_map(Step::Set),
    ];
    let gap_ms = prop_oneof![Just(0), 1..400_u64, 1..200_000_u64];
    prop::collection::vec((gap_ms, step), 1..60)
}

/// A world of one flow, which holds what the flow does not take, and knows for itself which
/// bytes have arrived and which are acknowledged.
struct Model {
    flow: Flow,
    path: Path,
    user_timeout: Duration,
    sent: Vec<(Time, Duration)>,
    held: VecDeque<usize>,
    arrivals: BTreeMap<usize, Time>,
    /// The first byte that is not acknowledged.
    oldest: usize,
    /// Scheduled retransmissions, stale ones included.
    scheduled: VecDeque<Time>,
    broken_at: Option<Time>,
}

impl Model {
    fn schedule(&mut self, attempt_at: Option<Time>) {
        self.scheduled.extend(attempt_at);
        self.scheduled.make_contiguous().sort_unstable();
    }

    fn arrive(&mut self, byte: usize, at: Time) {
        assert_eq!(byte, self.arrivals.len(), "arrives out of order or twice");
        if let Some((_, last)) = self.arrivals.last_key_value() {
            assert!(at >= *last, "overtakes");
        }
        self.arrivals.insert(byte, at);
    }

    fn send(&mut self, now: Time, delay: Duration) {
        let byte = self.sent.len();
        if self.broken_at.is_some() {
            assert_eq!(self.flow.send(now, self.path, || delay), Sent::Broken);
            return;
        }
        self.sent.push((now, delay));
        match self.flow.send(now, self.path, || delay) {
            Sent::Arrives { at } => {
                assert_eq!(self.path, Path::OPEN);
                self.arrive(byte, at);
                self.oldest = byte + 1;
            }
            Sent::ArrivesUnacknowledged { at, attempt_at } => {
                assert_eq!(self.path, MUTE);
                self.arrive(byte, at);
                self.schedule(attempt_at);
            }
            Sent::Held { attempt_at } => {
                assert!(!self.held.is_empty() || self.path.forward == Way::Cut);
                self.held.push_back(byte);
                self.schedule(attempt_at);
            }
            Sent::Broken => panic!("broke without a step"),
        }
    }

    fn release(&mut self, now: Time, first_at: Time) {
        let first = self.held.pop_front().expect("releases something");
        self.arrive(first, first_at);
        while let Some(byte) = self.held.pop_front() {
            let at = self.flow.follow(now, self.sent[byte].1);
            self.arrive(byte, at);
        }
    }

    fn attempt(&mut self, now: Time) {
        let held = self.held.front().map(|byte| self.sent[*byte].1);
        let delay = || held.expect("asked for what is held");
        let oldest = self.sent.get(self.oldest).map(|(at, _)| *at);
        match self.flow.attempt(now, self.path, delay) {
            Attempted::Acknowledged => {
                assert_eq!((self.path, held), (Path::OPEN, None));
                self.oldest = self.sent.len();
            }
            Attempted::Released { at } => {
                assert_eq!(self.path, Path::OPEN);
                self.release(now, at);
                self.oldest = self.sent.len();
            }
            Attempted::ReleasedUnacknowledged { at, attempt_at } => {
                assert_eq!(self.path, MUTE);
                self.release(now, at);
                self.schedule(Some(attempt_at));
            }
            Attempted::Again { attempt_at } => {
                assert_ne!(self.path, Path::OPEN);
                self.schedule(Some(attempt_at));
            }
            Attempted::Broken => {
                let oldest = oldest.expect("only an unacknowledged byte breaks a flow");
                assert_eq!(now, oldest + self.user_timeout);
                self.broken_at = Some(now);
            }
            Attempted::Stale => assert_ne!(Some(now), self.flow.attempt_at()),
        }
    }

    /// Makes the retransmissions up to `until`, that instant included.
    fn advance(&mut self, until: Time) {
        while let Some(now) = self.scheduled.pop_front_if(|due| *due <= until) {
            self.attempt(now);
        }
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_or_reordered_before_a_break(
        steps in steps(),
        user_timeout_ms in prop_oneof![Just(924_600_u64), Just(100_000_000), 1..20_000_u64],
    ) {
        let user_timeout = Duration::from_millis(user_timeout_ms);
        let mut model = Model {
            flow: Flow::new(user_timeout),
            path: Path::OPEN,
            user_timeout,
            sent: vec![],
            held: VecDeque::new(),
            arrivals: BTreeMap::new(),
            oldest: 0,
            scheduled: VecDeque::new(),
            broken_at: None,
        };
        let mut now = Time::ZERO;
        for (gap_ms, step) in steps {
            now += Duration::from_millis(gap_ms);
            model.advance(now);
            match step {
                Step::Send { delay_ms } => model.send(now, Duration::from_millis(delay_ms)),
                Step::Set(path) => model.path = path,
            }
        }
        model.path = Path::OPEN;
        model.advance(Time::MAX);
        if model.broken_at.is_none() {
            prop_assert_eq!(model.arrivals.len(), model.sent.len(), "lost without a break");
            prop_assert_eq!(model.flow.attempt_at(), None);
        }
        let delivered_by =
            now + RETRANSMISSION_TIMEOUT_MAX + Duration::from_millis(DELAY_MAX_MS);
        for (byte, arrived_at) in &model.arrivals {
            let (sent_at, delay) = model.sent[*byte];
            prop_assert!(*arrived_at >= sent_at + delay);
            prop_assert!(*arrived_at <= delivered_by);
        }
    }
}
