//! HTTP/1.1 over one kept connection, with the bytes counted: enough to time requests to servers on this machine
//! without measuring a client library.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::clock::Stopwatch;

const PATIENCE: Duration = Duration::from_secs(30);
const LARGEST: u64 = 64 * 1024 * 1024;

/// One answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came over the wire: not decompressed.
    pub body: Vec<u8>,
    /// All bytes of the answer, headers and framing included.
    pub wire: u64,
    /// Until the first byte.
    pub first_byte: Duration,
    /// Until the last byte.
    pub whole: Duration,
}

impl Answer {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(there, _)| there == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> anyhow::Result<serde_json::Value> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("status {}, and a body that is no JSON", self.status))
    }
}

/// One request.
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// Headers besides `Host` and `Content-Length`.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body; empty for none.
    pub body: &'a str,
}

/// A connection that is used again for every request.
pub struct Connection {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Connects.
    pub fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream =
            TcpStream::connect_timeout(&address, PATIENCE).with_context(|| format!("can't reach {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { address, stream: BufReader::new(stream) })
    }

    /// Sends one request and reads the whole answer.
    pub fn send(&mut self, request: &Request<'_>) -> anyhow::Result<Answer> {
        let text = written(request, self.address);
        let watch = Stopwatch::start();
        self.stream.get_mut().write_all(text.as_bytes())?;
        self.stream.fill_buf()?;
        let first_byte = watch.elapsed();
        let mut answer = read(&mut self.stream).with_context(|| format!("{} {}", request.method, request.path))?;
        answer.first_byte = first_byte;
        answer.whole = watch.elapsed();
        Ok(answer)
    }
}

fn written(request: &Request<'_>, address: SocketAddr) -> String {
    let mut text = format!("{} {} HTTP/1.1\r\nHost: {address}\r\n", request.method, request.path);
    for (name, value) in request.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !request.body.is_empty() {
        text.push_str(&format!("Content-Length: {}\r\n", request.body.len()));
    }
    text.push_str("\r\n");
    text.push_str(request.body);
    text
}

/// Reads one answer (RFC 9112 §6): a length, chunks, or no body.
fn read(stream: &mut impl BufRead) -> anyhow::Result<Answer> {
    let mut wire = 0;
    let first = line(stream, &mut wire)?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.with_context(|| format!("no HTTP answer: {first}"))?;
    let mut headers = Vec::new();
    loop {
        let header = line(stream, &mut wire)?;
        let Some((name, value)) = header.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: Vec::new(), wire, ..Answer::empty() };
    answer.body = body(stream, &answer.headers, &mut answer.wire)?;
    Ok(answer)
}

impl Answer {
    fn empty() -> Self {
        let (first_byte, whole) = (Duration::ZERO, Duration::ZERO);
        Self { status: 0, headers: Vec::new(), body: Vec::new(), wire: 0, first_byte, whole }
    }
}

fn body(stream: &mut impl BufRead, headers: &[(String, String)], wire: &mut u64) -> anyhow::Result<Vec<u8>> {
    let header = |name: &str| headers.iter().find(|(there, _)| there == name).map(|(_, value)| value.as_str());
    if header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        return chunks(stream, wire);
    }
    let length = header("content-length").map_or(Ok(0), str::parse).context("a bad content-length")?;
    bytes(stream, length, wire)
}

fn chunks(stream: &mut impl BufRead, wire: &mut u64) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(stream, wire)?;
        let size = size.split(';').next().unwrap_or_default();
        let size = u64::from_str_radix(size.trim(), 16).with_context(|| format!("a bad chunk size: {size}"))?;
        if size == 0 {
            while !line(stream, wire)?.is_empty() {}
            return Ok(body);
        }
        ensure!(body.len() as u64 + size <= LARGEST, "a body of more than {LARGEST} bytes");
        body.extend(bytes(stream, size, wire)?);
        line(stream, wire)?;
    }
}

fn bytes(stream: &mut impl BufRead, length: u64, wire: &mut u64) -> anyhow::Result<Vec<u8>> {
    ensure!(length <= LARGEST, "a body of {length} bytes");
    let mut body = vec![0; length as usize];
    stream.read_exact(&mut body)?;
    *wire += length;
    Ok(body)
}

fn line(stream: &mut impl BufRead, wire: &mut u64) -> anyhow::Result<String> {
    let mut line = Vec::new();
    let read = stream.take(LARGEST).read_until(b'\n', &mut line)?;
    if read == 0 {
        bail!("the connection was closed");
    }
    *wire += read as u64;
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_body_with_a_length_is_read_and_counted() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 404 Not Found\r\n\r\n";
        let answer = read(&mut text.as_slice()).unwrap();
        assert_eq!((answer.status, answer.body.as_slice(), answer.wire), (200, b"abc".as_slice(), 41));
    }

    #[test]
    fn a_body_in_chunks_is_put_together() {
        let text = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
        assert_eq!(read(&mut text.as_slice()).unwrap().body, b"abcde");
    }

    #[test]
    fn an_answer_that_ends_early_is_an_error() {
        assert!(read(&mut b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc".as_slice()).is_err());
    }

    #[test]
    fn an_absurd_length_is_refused_before_it_is_reserved() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
        assert!(read(&mut text.as_slice()).unwrap_err().to_string().contains("99999999999"));
    }

    #[test]
    fn something_that_is_not_http_is_refused() {
        assert!(read(&mut b"SSH-2.0-OpenSSH\r\n\r\n".as_slice()).is_err());
    }
}
