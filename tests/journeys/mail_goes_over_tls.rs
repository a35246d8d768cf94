//! A mail server on another machine is spoken to over TLS, or not at all.

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Output;
use std::sync::{Arc, Mutex};
use support::{Desk, Ran};

/// It is this machine too, and no name by which Usher knows that.
const HOST: &str = "127.0.0.2";
const PASSWORD: &str = "CanaryPassword0816";

/// A mail server with STARTTLS, and all that it heard before and behind it.
struct Office {
    port: u16,
    certificate: String,
    open: Arc<Mutex<String>>,
    sealed: Arc<Mutex<String>>,
}

impl Office {
    fn start() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed([HOST.to_owned()]).unwrap();
        drop(rustls::crypto::ring::default_provider().install_default());
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind((HOST, 0)).unwrap();
        let office = Self {
            port: listener.local_addr().unwrap().port(),
            certificate: cert.pem(),
            open: Arc::default(),
            sealed: Arc::default(),
        };
        let (open, sealed) = (office.open.clone(), office.sealed.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Who goes away is heard up to there.
                drop(serve(&stream, &config, &open, &sealed));
            }
        });
        office
    }

    fn heard(&self) -> (String, String) {
        let read = |heard: &Mutex<String>| heard.lock().unwrap().clone();
        (read(&self.open), read(&self.sealed))
    }
}

fn serve(
    stream: &TcpStream,
    config: &Arc<ServerConfig>,
    open: &Mutex<String>,
    sealed: &Mutex<String>,
) -> Result<()> {
    let mut clear = stream;
    clear.write_all(b"220 office\r\n")?;
    converse(clear, open, "250-office\r\n250 STARTTLS\r\n")?;
    let secure = ServerConnection::new(config.clone()).map_err(std::io::Error::other)?;
    converse(
        StreamOwned::new(secure, clear),
        sealed,
        "250-office\r\n250 AUTH PLAIN\r\n",
    )
}

/// Answers until TLS is begun, or the other goes.
fn converse(stream: impl Read + Write, heard: &Mutex<String>, hello: &str) -> Result<()> {
    let (mut reader, mut in_mail) = (BufReader::new(stream), false);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        heard.lock().unwrap().push_str(&line);
        let word = line.get(..4).unwrap_or_default().to_owned();
        let answer = match word.as_str() {
            _ if in_mail && line != ".\r\n" => "",
            _ if in_mail => {
                in_mail = false;
                "250 taken\r\n"
            }
            "EHLO" => hello,
            "STAR" => "220 go on\r\n",
            "AUTH" => "235 come in\r\n",
            "DATA" => {
                in_mail = true;
                "354 go on\r\n"
            }
            _ => "250 well\r\n",
        };
        reader.get_mut().write_all(answer.as_bytes())?;
        reader.get_mut().flush()?;
        line.clear();
        if word == "STAR" {
            return Ok(());
        }
    }
    Ok(())
}

fn desk(office: &Office) -> (Desk, PathBuf) {
    let desk = Desk::default();
    let trusted = desk.file("trusted.pem", &office.certificate);
    let server = format!("{HOST}:{}", office.port);
    let set = [
        "alert",
        "set",
        "--smtp",
        &server,
        "--smtp-from",
        "usher@x.example",
        "--smtp-to",
        "one@x.example",
        "--smtp-user",
        "usher",
        "--secret-stdin",
    ];
    desk.usher_given(&set, &format!("{PASSWORD}\n")).ok();
    (desk, trusted.into())
}

#[test]
fn a_mail_goes_sealed() {
    let office = Office::start();
    let (desk, trusted) = desk(&office);
    let mut test = desk.command(&["alert", "test"]);
    test.env("SSL_CERT_FILE", trusted);
    let done: Output = desk.start_given(test, "").wait_with_output().unwrap();
    let done = Ran::from(done).ok();
    assert_eq!(done.json()["ok"], true);
    let (open, sealed) = office.heard();
    assert!(
        open.contains("STARTTLS") && !open.contains("AUTH") && !open.contains("x.example"),
        "{open}"
    );
    for word in ["AUTH PLAIN", "RCPT TO:<one@x.example>", "Subject: "] {
        assert!(sealed.contains(word), "{word} in {sealed}");
    }
}

#[test]
fn a_server_that_nobody_vouches_for_hears_nothing() {
    let office = Office::start();
    let (desk, _) = desk(&office);
    let test = desk.usher(&["alert", "test"]).exits(1).json();
    assert_eq!(
        test["channels"][0]["problem"]["code"], "mail_failed",
        "{test}"
    );
    let (open, sealed) = office.heard();
    assert!(sealed.is_empty() && !open.contains("x.example"), "{open}");
}
