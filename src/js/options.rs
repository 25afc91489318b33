//! The options of the API: read once, checked, and turned into the session's types.

use std::path::PathBuf;
use std::time::Duration;

use napi::bindgen_prelude::Unknown;

use crate::call::Request;
use crate::error::Error;
use crate::root;
use crate::session::{MountSettings, RunLimits, Settings};

use super::value::{Fields, MAX_SAFE_INTEGER, Named};

/// The most bytes of the arguments and variables of a call, which may be a whole script.
const MAX_ARGUMENTS: usize = 16 << 20;

/// The longest time limit: what a Node timer takes, 24.8 days.
const MAX_TIMEOUT_MS: f64 = 2_147_483_647.0;
/// The memory that 32-bit WebAssembly can address.
const MAX_MEMORY: f64 = 4_294_967_296.0;
/// What one stream may keep: Node's largest string is below this.
const MAX_OUTPUT: f64 = 1_073_741_824.0;

type Result<T> = std::result::Result<T, Error>;

/// The constructor's options.
pub fn settings(options: &Unknown) -> Result<Settings> {
    let mut settings = Settings::default();
    let Some(mut fields) = Named::new("options", *options).fields("")? else {
        return Ok(settings);
    };
    if let Some(path) = fields.take("workDir")? {
        settings.work_dir = Some(PathBuf::from(path.text()?));
    }
    if let Some(mounts) = fields.take("mounts")? {
        for mount in mounts.array()? {
            let mount = read_mount(&mount, &settings)?;
            settings.mounts.push(mount);
        }
    }
    if let Some(env) = fields.take("env")? {
        settings.env = read_env(&env)?;
    }
    read_limits(&mut fields, &mut settings.limits)?;
    if let Some(memory) = fields.take("memoryLimitBytes")? {
        settings.limits.memory = memory.number(
            1.0,
            MAX_MEMORY,
            true,
            "a whole number of bytes from 1 to 4294967296",
        )? as u64;
    }
    if let Some(fuel) = fields.take("fuelLimit")? {
        settings.limits.fuel =
            Some(fuel.number(1.0, MAX_SAFE_INTEGER, true, "a whole number from 1 up")? as u64);
    }
    fields.finish()?;
    Ok(settings)
}

/// The arguments of `exec`.
pub fn request(
    command: &Unknown,
    args: &Unknown,
    options: &Unknown,
    limits: RunLimits,
) -> Result<Request> {
    let command = Named::new("command", *command).text()?;
    let args = read_args(&Named::new("args", *args))?;
    with_options(command, args, options, limits)
}

/// The arguments of `pipeline`, which come from the bench.
pub fn pipeline(stages: Vec<Vec<String>>, options: &Unknown, limits: RunLimits) -> Result<Request> {
    let mut stages = stages.into_iter();
    let mut first = stages.next().unwrap_or_default().into_iter();
    let command = first.next().unwrap_or_default();
    let mut request = with_options(command, first.collect(), options, limits)?;
    request.piped_to = stages.collect();
    Ok(request)
}

fn with_options(
    command: String,
    args: Vec<String>,
    options: &Unknown,
    limits: RunLimits,
) -> Result<Request> {
    let mut request = Request {
        command,
        args,
        cwd: root::WORK_DIR.to_owned(),
        env: Vec::new(),
        stdin: Vec::new(),
        piped_to: Vec::new(),
        wait_for_all: false,
        limits,
    };
    if let Some(mut fields) = Named::new("options", *options).fields("")? {
        if let Some(cwd) = fields.take("cwd")? {
            request.cwd = absolute(&cwd.text()?);
        }
        if let Some(env) = fields.take("env")? {
            request.env = read_env(&env)?;
        }
        if let Some(stdin) = fields.take("stdin")? {
            request.stdin = stdin.bytes()?;
        }
        if let Some(background) = fields.take("background")? {
            request.wait_for_all = match &*background.string()? {
                "stop" => false,
                "wait" => true,
                _ => return Err(background.refuse("'stop' or 'wait'")),
            };
        }
        read_limits(&mut fields, &mut request.limits)?;
        fields.finish()?;
    }
    check_size(&request)?;
    Ok(request)
}

/// The limits that both the constructor and `exec` take.
fn read_limits(fields: &mut Fields, limits: &mut RunLimits) -> Result<()> {
    if let Some(timeout) = fields.take("timeoutMs")? {
        let wanted = "a number of milliseconds above 0 and up to 2147483647";
        let milliseconds = timeout.number(f64::MIN_POSITIVE, MAX_TIMEOUT_MS, false, wanted)?;
        limits.timeout = Duration::from_secs_f64(milliseconds / 1000.0);
    }
    if let Some(output) = fields.take("maxOutputBytes")? {
        let wanted = "a whole number of bytes from 0 to 1073741824";
        limits.output = output.number(0.0, MAX_OUTPUT, true, wanted)? as usize;
    }
    if let Some(written) = fields.take("maxWrittenBytes")? {
        let wanted = "a whole number of bytes from 0 up";
        limits.written = written.number(0.0, MAX_SAFE_INTEGER, true, wanted)? as u64;
    }
    Ok(())
}

fn read_args(args: &Named) -> Result<Vec<String>> {
    if args.is_undefined() {
        return Ok(Vec::new());
    }
    args.array()?
        .iter()
        .map(|arg| arg.string().and_then(|text| arg.without_nul(text)))
        .collect()
}

fn read_env(env: &Named) -> Result<Vec<(String, String)>> {
    env.entries()?
        .into_iter()
        .map(|(name, value)| {
            if name.is_empty() || name.contains(['=', '\0']) {
                return Err(Error::invalid(
                    env.name.clone(),
                    format!("has a name that is empty or has '=' or NUL: {name:?}"),
                ));
            }
            let text = value.string().and_then(|text| value.without_nul(text))?;
            Ok((name, text))
        })
        .collect()
}

fn read_mount(mount: &Named, settings: &Settings) -> Result<MountSettings> {
    let mut fields = mount
        .fields(format!("{}.", mount.name))?
        .ok_or_else(|| mount.refuse("an object"))?;
    let host_path = required(&mut fields, mount, "hostPath")?.text()?;
    let given = required(&mut fields, mount, "guestPath")?;
    let guest_path =
        normal(&given.text()?).ok_or_else(|| given.refuse("an absolute path without '..'"))?;
    let writable = match fields.take("writable")? {
        Some(writable) => writable.boolean()?,
        None => false,
    };
    fields.finish()?;
    let taken = root::is_taken(&guest_path, settings.work_dir.is_some())
        || settings
            .mounts
            .iter()
            .any(|other| other.guest_path == guest_path);
    if taken {
        return Err(given.refuse("a path where nothing else is mounted"));
    }
    Ok(MountSettings {
        host_path: PathBuf::from(host_path),
        guest_path,
        writable,
    })
}

fn required<'env>(
    fields: &mut Fields<'env>,
    mount: &Named,
    name: &'static str,
) -> Result<Named<'env>> {
    fields.take(name)?.ok_or_else(|| {
        let option = format!("{}.{name}", mount.name);
        Error::invalid(option, "must be a string, got undefined")
    })
}

/// An absolute guest path without `.`, doubled and trailing slashes.
fn normal(path: &str) -> Option<String> {
    if !path.starts_with('/') || path.split('/').any(|name| name == "..") {
        return None;
    }
    let names: Vec<_> = path
        .split('/')
        .filter(|name| !name.is_empty() && *name != ".")
        .collect();
    Some(format!("/{}", names.join("/")))
}

/// A cwd as an absolute path; a relative one starts at `/work`.
fn absolute(cwd: &str) -> String {
    if cwd.starts_with('/') {
        cwd.to_owned()
    } else {
        format!("{}/{cwd}", root::WORK_DIR)
    }
}

fn check_size(request: &Request) -> Result<()> {
    let args: usize = std::iter::once(&request.command)
        .chain(&request.args)
        .map(|arg| arg.len() + 1)
        .sum();
    let env: usize = request
        .env
        .iter()
        .map(|(name, value)| name.len() + value.len() + 2)
        .sum();
    if args + env > MAX_ARGUMENTS {
        return Err(Error::invalid(
            "args",
            format!(
                "and env must have at most {MAX_ARGUMENTS} bytes together, got {}",
                args + env
            ),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guest_paths_are_made_normal_or_refused() {
        assert_eq!(normal("//docs/./a/"), Some("/docs/a".to_owned()));
        assert_eq!(normal("/"), Some("/".to_owned()));
        assert_eq!(normal("docs"), None);
        assert_eq!(normal("/docs/../etc"), None);
    }

    #[test]
    fn a_relative_cwd_starts_at_the_work_directory() {
        assert_eq!(absolute("src"), "/work/src");
        assert_eq!(absolute("/tmp"), "/tmp");
    }
}
