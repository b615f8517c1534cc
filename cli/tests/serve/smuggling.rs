//! Requests that two readers could take for different ones.

use portcullis::AccessLogEntry;

use crate::backend::Backend;
use crate::proxy::before;

/// Sends it, and one more after it; gives the status, and what the target got of it.
fn send(request: &str) -> (u16, Vec<crate::http::Message>) {
    let backend = Backend::friendly();
    let (_server, mut connection) = before(&backend, &[]);
    let status = connection.ask(request).status;
    let forwarded = usize::from(status == 200);
    // Whatever was left over would come before this.
    let is_open = connection
        .try_ask("GET /after HTTP/1.1\r\nHost: a\r\n\r\n")
        .is_ok_and(|response| response.status == 200);
    let requests = backend.requests(forwarded + usize::from(is_open));
    if is_open {
        let last = requests.last().expect("there is one");
        assert_eq!(last.start, "GET /after HTTP/1.1");
    }
    (status, requests[..forwarded].to_vec())
}

#[track_caller]
fn expect_status(status: u16, request: &str) {
    let (got, requests) = send(request);
    assert_eq!(got, status, "{request}");
    assert!(requests.is_empty(), "{requests:?}");
}

#[test]
fn what_no_two_readers_agree_on_is_refused() {
    for request in [
        // Which length counts?
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 6\r\n\r\nhello!",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        // Where does a header end, and what is its name?
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Amzn-Mtls-Clientcert-Subject : CN=Admin\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n X-Amzn-Mtls-Clientcert-Subject: CN=Admin\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
        // Where does the request line end?
        "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        // Which host is meant? (RFC 9112 3.2)
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
    ] {
        expect_status(400, request);
    }
}

#[test]
fn a_body_with_length_and_chunks_is_one_request_or_none() {
    let (status, requests) = send(
        "POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\
         \r\n1b\r\nGET /smuggled HTTP/1.1\r\nX: \r\n0\r\n\r\n",
    );
    if status != 200 {
        assert_eq!(status, 400);
        return;
    }
    // RFC 9112 6.3: the chunks count, and the length goes.
    let [request] = &requests[..] else {
        panic!("{requests:?}");
    };
    assert_eq!(request.start, "POST /first HTTP/1.1");
    assert_eq!(request.text(), "GET /smuggled HTTP/1.1\r\nX: ");
    let framings = request.all("content-length").len() + request.all("transfer-encoding").len();
    assert_eq!(framings, 1);
}

#[test]
fn a_length_that_is_named_as_the_connections_still_frames_the_body() {
    for named in ["Content-Length", "Content-Length, Transfer-Encoding"] {
        let (status, requests) = send(&format!(
            "POST /first HTTP/1.1\r\nHost: a\r\nConnection: {named}\r\nContent-Length: 40\r\n\r\n\
             GET /smuggled HTTP/1.1\r\nHost: smuggler\r\n"
        ));
        assert_eq!(status, 200);
        assert_eq!(requests[0].start, "POST /first HTTP/1.1");
        assert_eq!(requests[0].body.len(), 40);
    }
}

#[test]
fn the_host_in_the_target_of_the_request_is_the_one_that_counts() {
    // RFC 9112 3.2.2: a proxy that gets the absolute form replaces Host.
    let (status, requests) =
        send("GET http://inner.example.com/x HTTP/1.1\r\nHost: outer.example.com\r\n\r\n");
    assert_eq!(status, 200);
    assert_eq!(requests[0].start, "GET /x HTTP/1.1");
    assert_eq!(requests[0].header("host"), Some("inner.example.com"));
}

#[test]
fn methods_that_make_a_tunnel_or_an_echo_are_not_allowed() {
    for request in [
        "CONNECT internal.example.com:22 HTTP/1.1\r\nHost: internal.example.com:22\r\n\r\n",
        // It would have the target send back what only the target may know.
        "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        expect_status(405, request);
    }
}

#[test]
fn options_about_the_whole_server_stay_so() {
    let (status, requests) = send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(status, 200);
    assert_eq!(requests[0].start, "OPTIONS * HTTP/1.1");
}

#[test]
fn two_requests_in_one_segment_are_two_requests() {
    let backend = Backend::friendly();
    let (_server, mut connection) = before(&backend, &[]);
    let request = |path| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    let both = request("/one") + &request("/two");
    assert_eq!(connection.ask(both).status, 200);
    assert_eq!(connection.response().status, 200);
    let starts = backend.requests(2).into_iter().map(|request| request.start);
    let starts: Vec<String> = starts.collect();
    assert_eq!(starts, ["GET /one HTTP/1.1", "GET /two HTTP/1.1"]);
}

#[test]
fn a_body_that_can_not_be_read_is_the_clients_fault() {
    let backend = Backend::friendly();
    let (server, mut connection) = before(&backend, &[]);
    let request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnope\r\n";
    if let Ok(response) = connection.try_ask(request) {
        assert_eq!(response.status, 400);
    }
    let line = server.accesses(1).remove(0);
    let entry = AccessLogEntry::parse(&line).expect("a line");
    assert_eq!(entry.elb_status, Some(400), "{line}");
    backend.requests(0);
}
