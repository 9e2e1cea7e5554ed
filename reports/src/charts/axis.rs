//! Axes: where a value lies in a drawing, and at which values there are lines.

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Equal steps, from zero on.
    Linear,
    /// Equal steps between the values that there are, without zero.
    Within,
    /// Equal factors: whole powers of ten at both ends.
    Logarithmic,
}

/// Lines of a linear axis, about.
const STEPS: f64 = 5.0;

/// One axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    scale: Scale,
    /// The ends; of a logarithmic one the powers of ten.
    low: f64,
    high: f64,
    /// From one line to the next.
    step: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// The axis from `from` to `to` that holds all values.
    pub(crate) fn around(
        scale: Scale,
        values: impl Iterator<Item = f64>,
        (from, to): (f64, f64),
    ) -> Self {
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            least = least.min(value);
            most = most.max(value);
        }
        let (low, high, step) = match scale {
            Scale::Logarithmic => {
                // A value that is a power of ten but for rounding is at the end itself.
                let low = (least.log10() + 1e-9).floor();
                let high = (most.log10() - 1e-9).ceil().max(low + 1.0);
                (low, high, 1.0)
            }
            Scale::Linear => {
                let step = round_step(most.max(0.0));
                (0.0, (most / step - 1e-9).ceil().max(1.0) * step, step)
            }
            Scale::Within => {
                let step = round_step(most - least);
                let low = (least / step + 1e-9).floor() * step;
                (
                    low,
                    ((most / step - 1e-9).ceil() * step).max(low + step),
                    step,
                )
            }
        };
        Self {
            scale,
            low,
            high,
            step,
            from,
            to,
        }
    }

    /// Where a value lies.
    pub(crate) fn place(self, value: f64) -> f64 {
        let value = match self.scale {
            Scale::Linear | Scale::Within => value,
            Scale::Logarithmic => value.log10(),
        };
        let part = (value - self.low) / (self.high - self.low);
        self.from + part * (self.to - self.from)
    }

    /// The values at which there are lines.
    pub(crate) fn ticks(self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step).round() as i32;
        let ticks = (0..=count).map(|at| self.low + f64::from(at) * self.step);
        match self.scale {
            Scale::Linear | Scale::Within => ticks.collect(),
            Scale::Logarithmic => ticks.map(|power| 10_f64.powf(power)).collect(),
        }
    }
}

/// A step of 1, 2 or 5 times a power of ten of which a few make up the span.
fn round_step(span: f64) -> f64 {
    if span <= 0.0 {
        return 1.0;
    }
    let exact = span / STEPS;
    let power = 10_f64.powf(exact.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter();
    let factor = factor.map(|factor| factor * power);
    factor
        .into_iter()
        .find(|step| *step >= exact * 0.999)
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::{Axis, Scale};

    fn ticks(scale: Scale, values: &[f64]) -> Vec<f64> {
        Axis::around(scale, values.iter().copied(), (0.0, 100.0)).ticks()
    }

    #[test]
    fn lines_are_at_round_values_and_hold_everything() {
        assert_eq!(
            ticks(Scale::Linear, &[3.0, 9.7]),
            [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
        );
        assert_eq!(
            ticks(Scale::Within, &[50.0, 110.0]),
            [40.0, 60.0, 80.0, 100.0, 120.0]
        );
        assert_eq!(
            ticks(Scale::Logarithmic, &[20.0, 1_000.0]),
            [10.0, 100.0, 1_000.0]
        );
        assert_eq!(ticks(Scale::Linear, &[0.0]), [0.0, 1.0]);
    }

    #[test]
    fn places_lie_between_the_ends() {
        let axis = Axis::around(Scale::Linear, [0.0, 10.0].into_iter(), (0.0, 100.0));
        assert_eq!((axis.place(0.0), axis.place(5.0)), (0.0, 50.0));
        let axis = Axis::around(Scale::Logarithmic, [1.0, 100.0].into_iter(), (0.0, 100.0));
        assert_eq!(axis.place(10.0), 50.0);
    }
}
