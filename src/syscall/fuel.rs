//! The fuel of one instance, and what its job knows of it.

use wasmtime::Caller;

use crate::engine::fuel_left;
use crate::kernel::{Control, FUEL_SLICE};

use super::Guest;

/// What a store was granted and its job has not yet counted as burned.
#[derive(Default)]
pub struct FuelMeter {
    granted: u64,
}

impl FuelMeter {
    /// The store has this much, from now on.
    pub fn grant(&mut self, fuel: u64) {
        self.granted = fuel;
    }

    /// What is to be counted, now that the store has `left`: all that was burned
    /// but the slices that were counted turn by turn.
    pub fn settle(&mut self, left: u64, control: &Control) -> u64 {
        let burned = self.granted.saturating_sub(left);
        self.granted = left;
        burned.saturating_sub(u64::from(control.take_slices()) * FUEL_SLICE)
    }
}

/// Counts what the guest has burned, before another process is given the rest.
/// Only a job with a limit has to know.
pub fn settle(caller: &mut Caller<'_, Guest>) -> wasmtime::Result<()> {
    if caller.data().process.job.limits.fuel.is_none() {
        return Ok(());
    }
    let left = caller.get_fuel()?;
    let Guest { process, fuel, .. } = caller.data_mut();
    process.job.burned(fuel.settle(left, &process.control));
    Ok(())
}

/// Grants the guest what its job has left, after others have burned some.
pub fn refill(caller: &mut Caller<'_, Guest>) -> wasmtime::Result<()> {
    if caller.data().process.job.limits.fuel.is_none() {
        return Ok(());
    }
    let left = fuel_left(&caller.data().process.job);
    caller.set_fuel(left)?;
    caller.data_mut().fuel.grant(left);
    Ok(())
}
