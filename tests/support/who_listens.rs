//! Somebody who listens to alerts: a webhook and a mail server, each as small as it can be,
//! in one thread each.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

type Shared<T> = Arc<Mutex<T>>;

fn get<T: Clone>(shared: &Shared<T>) -> T {
    shared
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// A webhook on loopback; it answers with a status, or never with 0.
pub struct Hook {
    port: u16,
    status: Shared<u16>,
    heard: Shared<Vec<Value>>,
}

impl Hook {
    /// At any free port.
    pub fn start() -> Self {
        Self::at(0, 204)
    }

    /// At this port, answering so.
    pub fn at(port: u16, status: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let hook = Self {
            port: listener.local_addr().unwrap().port(),
            status: Arc::new(Mutex::new(status)),
            heard: Shared::default(),
        };
        let (status, heard) = (hook.status.clone(), hook.heard.clone());
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming().flatten() {
                if let Some(body) = body_of(&stream) {
                    heard.lock().unwrap().push(body);
                }
                match get(&status) {
                    0 => silent.push(stream),
                    status => {
                        let head = format!(
                            "HTTP/1.1 {status} As wished\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                        );
                        drop((&stream).write_all(head.as_bytes()));
                    }
                }
            }
        });
        hook
    }

    /// What it answers from now on; never, with 0.
    pub fn answers(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    /// Where it listens, with a path that nobody is to see.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/a/hidden-path", self.port)
    }

    /// The alerts so far.
    pub fn heard(&self) -> Vec<Value> {
        get(&self.heard)
    }

    /// What they were about.
    pub fn kinds(&self) -> Vec<String> {
        let heard = self.heard();
        let kinds = heard
            .iter()
            .map(|one| one["alert"].as_str().unwrap().to_owned());
        kinds.collect()
    }

    /// The same since the last time it was asked.
    pub fn news(&self) -> Vec<String> {
        let kinds = self.kinds();
        self.heard.lock().unwrap().clear();
        kinds
    }
}

fn body_of(stream: &TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(stream);
    let (mut length, mut line) = (0, String::new());
    while reader.read_line(&mut line).ok()? > 0 && line != "\r\n" {
        let head = line.to_ascii_lowercase();
        if let Some(said) = head.strip_prefix("content-length:") {
            length = said.trim().parse().ok()?;
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// A mail server on loopback that takes everything, or refuses who logs in.
pub struct Postbox {
    port: u16,
    lets_in: Shared<bool>,
    heard: Shared<Vec<String>>,
}

impl Postbox {
    /// At any free port, letting everybody in.
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let post = Self {
            port: listener.local_addr().unwrap().port(),
            lets_in: Arc::new(Mutex::new(true)),
            heard: Shared::default(),
        };
        let (lets_in, heard) = (post.lets_in.clone(), post.heard.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (lets_in, mut said) = (get(&lets_in), String::new());
                drop(converse(&stream, lets_in, &mut said));
                heard.lock().unwrap().push(said);
            }
        });
        post
    }

    /// Host and port.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Whether it lets in who logs in.
    pub fn lets_in(&self, lets: bool) {
        *self.lets_in.lock().unwrap() = lets;
    }

    /// All that was said in each conversation so far.
    pub fn heard(&self) -> Vec<String> {
        get(&self.heard)
    }
}

fn converse(mut stream: &TcpStream, lets_in: bool, said: &mut String) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    stream.write_all(b"220 here\r\n")?;
    let (mut line, mut in_mail) = (String::new(), false);
    while reader.read_line(&mut line)? > 0 {
        said.push_str(&line);
        let answer = match line.get(..4).unwrap_or_default() {
            _ if in_mail && line != ".\r\n" => "",
            _ if in_mail => {
                in_mail = false;
                "250 taken\r\n"
            }
            "EHLO" => "250-here\r\n250 AUTH PLAIN\r\n",
            "AUTH" if lets_in => "235 come in\r\n",
            "AUTH" => "535 no\r\n",
            "DATA" => {
                in_mail = true;
                "354 go on\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 well\r\n",
        };
        stream.write_all(answer.as_bytes())?;
        line.clear();
    }
    Ok(())
}
