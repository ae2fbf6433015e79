//! What students get wrong in lesson 4, and what is right although it is different.

mod endings;
mod messages;
mod replies;
mod variants;

pub use endings::ENDINGS;
pub use messages::MESSAGES;
pub use replies::REPLIES;
pub use variants::VARIANTS;

// Pieces of the step that are changed more than once.
const SEND_LINE: &str = "        send(&socket, &line, server)?;\n";
const RECEIVE: &str =
    "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;";
const SHOWN: &str = r#"format!("Reply: {}\n", String::from_utf8_lossy(&reply))"#;
const SHOW: &str = "        io::stdout().write_all(shown.as_bytes())?;\n";
const IF_EXIT: &str = "if line == b\"exit\" {";
const LOOK_UP: &str = "        .to_socket_addrs()\n";
const LINE: &str = "Ok((length > 0).then_some(line))";
const PROMPT: &str = "    write!(io::stdout(), \"Your message: \")?;\n    io::stdout().flush()?;\n";
const SEND: &str = "let sent = socket.send_to(message, server);";
const BUFFER: &str = "let mut buffer = vec![0; 1024];";
const FROM_SERVER: &str = "Ok((length, sender)) if sender == server => {";
const TIME_OUT: &str = "socket.set_read_timeout(Some(left)).context(\"cannot set the time-out\")?;";
