//! A Redis server of the test's own.

use std::{
    env,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Runs until it is dropped.
pub struct RedisServer {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl RedisServer {
    /// Starts one on a free port, without a file.
    pub fn start() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("logto-redis-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let program = env::var_os("LOGTO_REDIS_SERVER").unwrap_or_else(|| "redis-server".into());
        // Another process may take the port before Redis does: then the next.
        for _ in 0..5 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
            let mut child = Command::new(&program)
                .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port"])
                .arg(port.to_string())
                .arg("--dir")
                .arg(&folder)
                .stdout(Stdio::null())
                .spawn()
                .unwrap_or_else(|error| {
                    panic!(
                        "{}: {error}. These tests need a Redis server: `cargo xtask test rust` installs it, or `apt-get install redis-server`",
                        program.display()
                    )
                });
            let patience = Instant::now() + Duration::from_secs(30);
            while child.try_wait().unwrap().is_none() && Instant::now() < patience {
                if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                    return Self { child, port, folder };
                }
                thread::yield_now();
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        panic!("redis-server does not start");
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Stops it where it is: it takes connections (the kernel does) and answers none.
    pub fn freeze(&self) {
        let frozen = Command::new("kill").arg("-STOP").arg(self.child.id().to_string()).status().unwrap();
        assert!(frozen.success());
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
