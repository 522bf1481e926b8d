//! A thousand event streams that stay open.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, ensure};

use super::super::memory;
use super::super::rig::Rig;
use super::super::table::Row;

const STREAMS: u64 = 1_000;
const PATIENCE: Duration = Duration::from_secs(30);

/// The memory before and with them.
pub fn figures(rig: &Rig, provider: &str) -> anyhow::Result<Vec<Row>> {
    let api = Live::start(rig.api)?;
    let before = memory::resident(rig.process())?;
    let mut open = Vec::new();
    for _ in 0..STREAMS {
        open.push(stream(rig, provider)?);
    }
    let with = memory::resident(rig.process())?;
    drop(open);
    drop(api);
    let each = with.saturating_sub(before) as f64 / STREAMS as f64;
    Ok(vec![
        memory::row("resident memory before 1,000 event streams", before),
        memory::row("resident memory with 1,000 event streams open", with),
        Row::new("that is, for each stream", format!("{each:.1} kB")),
    ])
}

/// Opens one, and reads until its first event is there.
fn stream(rig: &Rig, provider: &str) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(rig.address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut request = format!("GET /api/v1/gateway/{provider}/live/events HTTP/1.1\r\nHost: {}\r\n", rig.address);
    for (name, value) in super::headers(rig) {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{request}Accept: text/event-stream\r\n\r\n").as_bytes())?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    ensure!(line.contains(" 200 "), "a stream was refused: {line}");
    while !line.contains("data:") {
        line.clear();
        ensure!(reader.read_line(&mut line)? > 0, "a stream ended before its first event");
    }
    Ok(stream)
}

/// An API that opens an event stream for everyone, sends one event, and keeps it open.
struct Live {
    ends: Arc<AtomicBool>,
    address: std::net::SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Live {
    fn start(address: std::net::SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address).context("the API's address is taken")?;
        let ends = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ends);
        let thread = thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                if told.load(Ordering::Relaxed) {
                    break;
                }
                if let Ok(stream) = begin(stream) {
                    open.push(stream);
                }
            }
        });
        Ok(Self { ends, address, thread: Some(thread) })
    }
}

fn begin(mut stream: TcpStream) -> std::io::Result<TcpStream> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let _ = stream.read(&mut [0; 4_096])?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")?;
    Ok(stream)
}

impl Drop for Live {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        // Whoever waits for the next one gets one, and sees that it is over.
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
