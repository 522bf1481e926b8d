//! Resident memory, as the kernel counts it.

use anyhow::Context;

use super::table::Row;

/// The resident memory of a process, in kilobytes.
///
/// # Errors
/// Where there is no `/proc`.
pub fn resident(process: u32) -> anyhow::Result<u64> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).with_context(|| format!("this system has no {path}"))?;
    kilobytes(&status).context("the process has no resident memory")
}

/// One row of megabytes.
pub fn row(name: &str, kilobytes: u64) -> Row {
    Row::new(name, format!("{:.1} MB", kilobytes as f64 / 1000.0))
}

fn kilobytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    // The kernel's kB are 1024 bytes.
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024 / 1000)
}

#[cfg(test)]
mod tests {
    use super::kilobytes;

    #[test]
    fn the_resident_size_is_read_from_the_status() {
        assert_eq!(kilobytes("VmSize:\t  900 kB\nVmRSS:\t   1000 kB\n"), Some(1024));
    }

    #[test]
    fn a_process_that_is_gone_has_none() {
        assert_eq!(kilobytes("Name:\tserver\nState:\tZ (zombie)\n"), None);
    }
}
