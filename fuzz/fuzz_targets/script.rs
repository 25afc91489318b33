#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| agent_sandbox_fuzz::script(bytes));
