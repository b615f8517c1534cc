//! A target that keeps the requests it gets.

use core::net::SocketAddr;
use std::io::{self, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::http::Message;
use crate::server::{DEADLINE, until};

/// A target. Its threads end with the test.
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Message>>>,
}

impl Backend {
    /// Answers each request with what this says, and may break the connection after it.
    pub(crate) fn new(
        answer: impl Fn(&Message, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (requests.clone(), Arc::new(answer));
        thread::spawn(move || {
            for tcp in listener.incoming() {
                let (kept, answer) = (kept.clone(), answer.clone());
                let tcp = tcp.expect("a connection");
                thread::spawn(move || talk(tcp, &kept, &*answer));
            }
        });
        Self { address, requests }
    }

    /// Answers 200 and `hello` to everything.
    pub(crate) fn friendly() -> Self {
        Self::new(|_, tcp| tcp.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests, once there are so many, and no more.
    pub(crate) fn requests(&self, count: usize) -> Vec<Message> {
        let requests = || self.requests.lock().expect("nobody panicked").clone();
        _ = until(|| (requests().len() >= count).then_some(()));
        let requests = requests();
        assert_eq!(requests.len(), count, "{requests:#?}");
        requests
    }

    /// The only request.
    pub(crate) fn request(&self) -> Message {
        self.requests(1).remove(0)
    }
}

fn talk(
    mut tcp: TcpStream,
    kept: &Mutex<Vec<Message>>,
    answer: &dyn Fn(&Message, &mut TcpStream) -> io::Result<()>,
) {
    tcp.set_read_timeout(Some(DEADLINE)).expect("not zero");
    let mut unread = Vec::new();
    // Until the connection ends.
    while let Ok(mut request) = Message::read_head(&mut tcp, &mut unread) {
        if request.read_body(&mut tcp, &mut unread).is_err() {
            return;
        }
        kept.lock().expect("nobody panicked").push(request.clone());
        if answer(&request, &mut tcp).is_err() {
            return;
        }
    }
}
