//! Ids that a Master gives to applications and drivers. How a pattern is filled is written in
//! [`crate::pattern`]; worker ids are made by the workers.

use super::Master;
use crate::pattern::{self, Argument};
use crate::turn::Turn;
use deploysim_protocol::id::{ApplicationId, DriverId};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;

/// The numbers of the next ids. They begin at 0 in every process and are never stored (RD-09).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Counters {
    application_next: u32,
    driver_next: u32,
}

impl Master {
    /// The id of an application that registers now. S-48: the pattern, the modulo and the name
    /// as id are keys since 4.0. Spark: `Master.createApplication`, `newApplicationId`.
    ///
    /// # Errors
    /// If the pattern cannot be filled.
    pub(super) fn make_application_id(
        &mut self,
        name: &str,
        turn: &Turn<'_, Self>,
    ) -> Result<ApplicationId, Thrown> {
        let conf = &self.settings.shared.conf;
        if conf.use_app_name_as_app_id {
            // Two applications of one name get one id.
            let lower = name.to_lowercase();
            let id: String = lower.chars().filter(|letter| !is_blank(*letter)).collect();
            return Ok(ApplicationId::new(&id));
        }
        let id = filled(&conf.app_id_pattern, self.counters.application_next, turn)?;
        let next = self.counters.application_next.wrapping_add(1);
        self.counters.application_next = match conf.app_number_modulo {
            Some(modulo) => next % modulo,
            None => next,
        };
        Ok(ApplicationId(id))
    }

    /// The id of a driver that is submitted or relaunched now. S-48: the pattern is a key since
    /// 4.0. Spark: `Master.newDriverId`.
    ///
    /// # Errors
    /// If the pattern cannot be filled.
    pub(super) fn make_driver_id(&mut self, turn: &Turn<'_, Self>) -> Result<DriverId, Thrown> {
        let conf = &self.settings.shared.conf;
        let id = filled(&conf.driver_id_pattern, self.counters.driver_next, turn)?;
        self.counters.driver_next = self.counters.driver_next.wrapping_add(1);
        Ok(DriverId(id))
    }
}

fn filled(format: &str, number: u32, turn: &Turn<'_, Master>) -> Result<Text, Thrown> {
    let stamp = pattern::stamp(turn.wall());
    let arguments = [Argument::Text(&stamp), Argument::Number(u64::from(number))];
    match pattern::fill(format, &arguments) {
        Ok(id) => Ok(Text::new(&id)),
        Err(error) => Err(Thrown::IllegalArgument {
            reason: Text::new(&error.to_string()),
        }),
    }
}

/// What `\s` matches in a Java pattern.
const fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}
