//! The signals that end a command.

#[cfg(unix)]
pub use unix::Signals;
#[cfg(not(unix))]
pub use windows::Signals;

#[cfg(unix)]
mod unix {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Heard from `listen` on. A signal's code is the one that shells report.
    pub struct Signals {
        interrupt: Signal,
        terminate: Signal,
        hang_up: Option<Signal>,
    }

    impl Signals {
        pub fn listen() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hang_up: if hang_ups_are_ignored() {
                    None
                } else {
                    Some(signal(SignalKind::hangup())?)
                },
            })
        }

        /// The exit code.
        pub async fn heard(&mut self) -> u8 {
            let hang_up = async {
                match &mut self.hang_up {
                    Some(signal) => signal.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = self.interrupt.recv() => 130,
                _ = self.terminate.recv() => 143,
                _ = hang_up => 129,
            }
        }
    }

    /// Under `nohup`: a listener would undo it. Only Linux tells; elsewhere a hang-up ends the command.
    fn hang_ups_are_ignored() -> bool {
        let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
            return false;
        };
        status
            .lines()
            .find_map(|line| line.strip_prefix("SigIgn:"))
            .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
            .is_some_and(|mask| mask & 1 == 1)
    }
}

#[cfg(not(unix))]
mod windows {
    use std::io;

    pub struct Signals;

    impl Signals {
        #[allow(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
        pub fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        /// The exit code.
        pub async fn heard(&mut self) -> u8 {
            // Without a listener the system itself ends the command.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            130
        }
    }
}
