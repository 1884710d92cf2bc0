//! The built program, started as a user starts it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use kernel::testing::Store;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The program with its data in a test's store.
pub fn jingwei(store: &Store) -> Command {
    let folder = store.folder();
    let mut command = Command::new(env!("CARGO_BIN_EXE_jingwei"));
    command.current_dir(folder).stdin(Stdio::null());
    for (key, value) in [
        ("DATABASE__URL", store.url()),
        ("FILES__STORE", &folder.join("files").to_string_lossy()),
        ("VAULT__KEY_FILE", &folder.join("vault.key").to_string_lossy()),
        ("HTTP__LISTEN", "127.0.0.1:0"),
        ("LOG__FILTER", "warn"),
    ] {
        command.env(format!("JINGWEI_{key}"), value);
    }
    command
}

/// Runs a command to its end: whether it was content, and what it said.
pub fn run(command: &mut Command) -> (bool, String) {
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr)
    );
    (status.success(), said)
}

/// A service; killed when the test ends, however it ends.
pub struct Service {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Service {
    /// Starts it, and waits until it says where it listens.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|it| it.rsplit_once("http://")?.1.parse().ok());
        // Whatever else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let Some(address) = address else {
            panic!("it ended without listening: {:?}", child.wait());
        };
        Self { child, address }
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Asks it to stop, as a service manager does, and says whether it ended well.
    pub fn stop(&mut self) -> bool {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .expect("kill runs")
                .success()
        );
        let status = wait("the program to end", || self.child.try_wait().expect("a child of ours"));
        status.success()
    }

    /// Ends it without warning: `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child of ours");
        self.child.wait().expect("a child of ours");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Waits until something is there.
pub fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A GET over a plain socket: status line and body.
pub fn get(address: SocketAddr, path: &str) -> (String, String) {
    let mut socket = TcpStream::connect(address).expect("it listens");
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .expect("it reads");
    let mut text = String::new();
    socket.read_to_string(&mut text).expect("it answers");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
}

/// How many lines a file has; none if it is not there yet.
pub fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).map_or(0, |it| it.lines().count())
}
