//! Keys of distributions: of times, of counts and of memory sizes.

use super::{Form, Keys, closed, key};

macro_rules! distribution_keys {
    ($title:literal, $form:expr) => {
        closed(
            $title,
            &[
                key("distribution", Form::Word(DISTRIBUTIONS), "Its form."),
                key("value", $form, "constant: the value."),
                key("low", $form, "uniform: the shortest or least."),
                key("high", $form, "uniform: the longest or most."),
                key("mean", $form, "normal, exponential: the mean."),
                key("deviation", $form, "normal: the standard deviation."),
                key("median", $form, "log_normal: the median."),
                key(
                    "sigma",
                    Form::Number,
                    "log_normal: standard deviation of the natural logarithm.",
                ),
                key(
                    "scale",
                    $form,
                    "pareto: the shortest or least; weibull: what a share of 1/e exceeds.",
                ),
                key(
                    "shape",
                    Form::Number,
                    "pareto: exponent of the tail, the smaller the heavier; weibull: the exponent, below 1 for clusters, above 1 for regular times.",
                ),
                key(
                    "csv",
                    Form::Text,
                    "empirical: file of samples, beside the scenario.",
                ),
                key(
                    "samples",
                    Form::Samples(&$form),
                    "empirical: the samples themselves.",
                ),
                key(
                    "max",
                    $form,
                    "Longest draw; default 20 times the median, in a workload none.",
                ),
            ],
        )
    };
}

pub(in crate::scenario) static LATENCY: Keys = distribution_keys!("a distribution", Form::Time);

pub(in crate::scenario) static AMOUNT: Keys =
    distribution_keys!("a distribution of counts", Form::Number);

pub(in crate::scenario) static SIZE: Keys =
    distribution_keys!("a distribution of memory sizes", Form::Memory);

pub(in crate::scenario) const DISTRIBUTIONS: &[&str] = &[
    "constant",
    "uniform",
    "normal",
    "exponential",
    "log_normal",
    "pareto",
    "weibull",
    "empirical",
];
