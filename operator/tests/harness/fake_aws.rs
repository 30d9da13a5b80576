//! CloudFormation, Lambda and STS, as far as the command asks them.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::Command,
    sync::{Arc, Mutex},
    thread,
};

use super::operator;

pub const ARN: &str = "arn:aws:sts::123456789012:assumed-role/operators/grace";
const STACK: &str = "latchkey-test";
const FUNCTION: &str = "latchkey-test-SweeperFunction-1A2B3C";

/// An answer in place of the good one: a status, and the code of the error.
pub type Fault = (u16, &'static str);

pub struct FakeAws {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    faults: Arc<Mutex<BTreeMap<&'static str, Fault>>>,
    /// The outputs of the stack.
    pub outputs: Arc<Mutex<Vec<(&'static str, String)>>>,
    /// The environment of the function.
    pub variables: Arc<Mutex<BTreeMap<String, String>>>,
}

impl FakeAws {
    pub fn start(variables: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let fake = Self {
            address: listener.local_addr().unwrap(),
            asked: Arc::default(),
            faults: Arc::default(),
            outputs: Arc::new(Mutex::new(vec![
                ("TableName", "latchkey".to_owned()),
                ("SweeperFunctionName", FUNCTION.to_owned()),
            ])),
            variables: Arc::new(Mutex::new(variables.collect())),
        };
        let answering = Answering {
            asked: Arc::clone(&fake.asked),
            faults: Arc::clone(&fake.faults),
            outputs: Arc::clone(&fake.outputs),
            variables: Arc::clone(&fake.variables),
        };
        thread::spawn(move || {
            for caller in listener.incoming() {
                answering.answer(caller.unwrap());
            }
        });
        fake
    }

    /// The actions that were asked for, as policies name them.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub fn fail(&self, action: &'static str, fault: Fault) {
        self.faults.lock().unwrap().insert(action, fault);
    }

    /// The command with credentials, and AWS at this address.
    pub fn command(&self, database: SocketAddr, arguments: &[&str]) -> Command {
        let mut command = operator(arguments);
        command
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "never-printed-access-key")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.address))
            .env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{database}"));
        command
    }
}

struct Answering {
    asked: Arc<Mutex<Vec<String>>>,
    faults: Arc<Mutex<BTreeMap<&'static str, Fault>>>,
    outputs: Arc<Mutex<Vec<(&'static str, String)>>>,
    variables: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Answering {
    fn answer(&self, mut caller: TcpStream) {
        let request = read(&mut caller);
        // An unsigned request would be refused by AWS.
        let is_signed = request
            .to_ascii_lowercase()
            .contains("authorization: aws4-hmac-sha256 credential=akidexample/");
        let action = if request.contains("Action=DescribeStacks") {
            "cloudformation:DescribeStacks"
        } else if request.contains("Action=GetCallerIdentity") {
            "sts:GetCallerIdentity"
        } else if request.starts_with(&format!(
            "GET /2015-03-31/functions/{FUNCTION}/configuration?Qualifier=live "
        )) {
            "lambda:GetFunctionConfiguration"
        } else {
            panic!("nobody answers {request}");
        };
        self.asked.lock().unwrap().push(action.to_owned());
        let fault = self.faults.lock().unwrap().get(action).copied();
        let (status, kind, body, header) = match fault {
            _ if !is_signed => (403, "text/plain", "unsigned".to_owned(), String::new()),
            Some((200, code)) => (
                200,
                "application/json",
                format!(r#"{{"Environment":{{"Error":{{"ErrorCode":"{code}"}}}}}}"#),
                String::new(),
            ),
            Some((status, code)) if action.starts_with("lambda") => (
                status,
                "application/json",
                r#"{"Message":"no"}"#.to_owned(),
                format!("x-amzn-errortype: {code}:http://internal.amazon.com/\r\n"),
            ),
            Some((status, code)) => {
                let body = format!(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
                     <Message>Stack with id x does not exist</Message></Error>\
                     <RequestId>r</RequestId></ErrorResponse>"
                );
                (status, "text/xml", body, String::new())
            }
            None => {
                let (kind, body) = self.good(action, &request);
                (200, kind, body, String::new())
            }
        };
        let _ = write!(
            caller,
            "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\nconnection: close\r\n{header}\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
    }

    fn good(&self, action: &str, request: &str) -> (&'static str, String) {
        match action {
            "sts:GetCallerIdentity" => (
                "text/xml",
                format!(
                    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{ARN}</Arn>\
                     <UserId>U</UserId><Account>123456789012</Account></GetCallerIdentityResult>\
                     </GetCallerIdentityResponse>"
                ),
            ),
            "lambda:GetFunctionConfiguration" => {
                let variables = self.variables.lock().unwrap();
                let body = serde_json::json!({ "Environment": { "Variables": *variables } });
                ("application/json", body.to_string())
            }
            _ => {
                assert!(request.contains(&format!("StackName={STACK}")), "{request}");
                let outputs = self.outputs.lock().unwrap();
                let outputs: Vec<String> = outputs
                    .iter()
                    .map(|(key, value)| {
                        format!(
                            "<member><OutputKey>{key}</OutputKey>\
                             <OutputValue>{value}</OutputValue></member>"
                        )
                    })
                    .collect();
                let body = format!(
                    "<DescribeStacksResponse><DescribeStacksResult><Stacks><member>\
                     <StackName>{STACK}</StackName><StackStatus>UPDATE_COMPLETE</StackStatus>\
                     <CreationTime>2026-01-01T00:00:00Z</CreationTime>\
                     <Outputs>{}</Outputs></member></Stacks></DescribeStacksResult>\
                     </DescribeStacksResponse>",
                    outputs.concat()
                );
                ("text/xml", body)
            }
        }
    }
}

fn read(caller: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        let read = caller.read(&mut buffer).unwrap();
        if read == 0 {
            return text;
        }
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
}
