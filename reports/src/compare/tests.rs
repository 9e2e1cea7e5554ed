//! Which way numbers are better, and how they are shown.

use super::better::direction;
use super::shown::{signed, significant};
use deploysim_scenarios::statistics::Direction::{LessIsBetter, MoreIsBetter, Neither};

#[test]
fn which_way_a_number_is_better_is_known_by_its_name() {
    for (name, better) in [
        ("makespan_ns", LessIsBetter),
        ("application_wait_mean_ns", LessIsBetter),
        ("application_wait{application=pi}", LessIsBetter),
        ("driver_turnaround_max_ns", LessIsBetter),
        ("applications_waiting_mean", LessIsBetter),
        ("workers_removed_falsely", LessIsBetter),
        ("workers_removed", Neither),
        ("placement/spread-out/workers=10", LessIsBetter),
        ("fairness", MoreIsBetter),
        ("held", MoreIsBetter),
        ("cores_utilisation", Neither),
        ("inputs", Neither),
    ] {
        assert_eq!(direction(name), better, "{name}");
    }
}

#[test]
fn numbers_have_six_digits_and_whole_ones_all() {
    for (value, shown) in [
        (0.0, "0"),
        (1_234_567_890.0, "1234567890"),
        (1_234_567.891, "1234568"),
        (12.345_678_9, "12.3457"),
        (0.012_345_678, "0.0123457"),
        (-3.5, "-3.50000"),
        (1e-30, "0.000000000000"),
    ] {
        assert_eq!(significant(value), shown);
    }
    assert_eq!(signed(-0.126), "-0.13 %");
    assert_eq!(signed(12.0), "+12.00 %");
}
