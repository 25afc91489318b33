//! Who a guest is and where: the accounts of `/etc/passwd`, the machine and its kernel. Everything that tools say of these is
//! said here.

/// A user, with a group of the same name and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    pub name: &'static str,
    pub id: u32,
}

/// The user that every guest runs as.
pub const USER: Account = Account {
    name: "agent",
    id: 1000,
};

const ACCOUNTS: [Account; 2] = [
    Account {
        name: "root",
        id: 0,
    },
    USER,
];

/// The parts of `uname`; release and version are those of `/proc/version`.
pub const KERNEL_NAME: &str = "Linux";
pub const KERNEL_RELEASE: &str = "6.1.0";
pub const KERNEL_VERSION: &str = "#1 SMP";
pub const MACHINE: &str = "x86_64";
pub const OPERATING_SYSTEM: &str = "GNU/Linux";

/// The name of the machine where `/etc/hostname` does not say another one.
const HOST_NAME: &str = "sandbox";

/// The account with a number.
pub fn by_id(id: u32) -> Option<Account> {
    ACCOUNTS.into_iter().find(|account| account.id == id)
}

/// The account with a name.
pub fn by_name(name: &[u8]) -> Option<Account> {
    let mut accounts = ACCOUNTS.into_iter();
    accounts.find(|account| account.name.as_bytes() == name)
}

/// The account that a text names, or whose number it is.
pub fn find(text: &[u8]) -> Option<Account> {
    if let Some(account) = by_name(text) {
        return Some(account);
    }
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    by_id(std::str::from_utf8(digits).ok()?.parse().ok()?)
}

/// The name of the machine.
pub fn host_name() -> Vec<u8> {
    let text = std::fs::read("/etc/hostname").unwrap_or_default();
    match text.trim_ascii() {
        b"" => HOST_NAME.as_bytes().to_vec(),
        name => name.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_a_name_and_a_number() {
        assert_eq!(find(b"agent"), Some(USER));
        assert_eq!(find(b"1000"), Some(USER));
        assert_eq!(find(b"+0").map(|account| account.name), Some("root"));
        assert_eq!(find(b"nobody"), None);
        assert_eq!(find(b""), None);
        assert_eq!(by_id(7), None);
    }
}
