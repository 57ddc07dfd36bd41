// # Scenarios
//
// A scenario is a whole conversation as one side is to hold it, one step a line,
// and reads aloud as what it does:
//
//	handshake /chat
//	  with Origin: null
//	expect status 101
//	text "Hello"               # a frame, as the notation has it
//	expect text "Hello" within 2s
//	chop 1                     # one byte a TCP segment from here on
//	ping "still there?"
//	wait 50ms
//	bytes 81 85 37 fa          # and a frame that stops in the middle
//	expect silence 100ms
//	end
//	expect end
//
// Steps are taken one after the other and none waits for an answer: only wait
// and expect let time pass. What nobody says is not sent, but for the pongs that
// answer pings.
//
// An expectation is met by the first thing that fits, even if that came before its
// step was reached; it and all that came before it are then done with, so that the
// next expectation looks only at what is behind. Without within it waits for two
// seconds, or what else the player thinks right; no rule looks at once. A silence
// is broken by whatever has come since a step last sent something, waited or was
// met.
//
//	scenario  = step , { newline , step } ;
//	step      = [ role | handshake | line | wait | chop | end | pongs | expect ] , [ comment ] ;
//	role      = "role" , ( "client" | "server" ) ;    (* in front of all other steps *)
//	handshake = "handshake" , ( "bytes" , raw bytes | { part } , { newline , edit } ) ;
//	part      = word | quoted ;
//	edit      = ( "with" | "also" ) , name , ":" , value | "also" , quoted | "without" , name ;
//	value     = { character } | quoted ;
//	wait      = "wait" , time ;
//	chop      = "chop" , ( number | "off" ) ;
//	end       = "end" | "reset" ;
//	pongs     = "pong" , ( "on" | "off" ) ;
//	expect    = "expect" , what , [ "within" , time ] ;
//	what      = "message" | ( "text" | "binary" | "ping" | "pong" ) , [ payload ]
//	          | "close" , [ codes ] | "status" , codes | "silence" , time
//	          | "end" | "reset" | "rule" , name | "no" , "rule" ;
//	codes     = number , { "or" , number } ;
//	time      = decimal , { decimal } , [ "." , decimal , { decimal } ] , ( "s" | "ms" | "us" | "ns" ) ;
//
// A line, its payload and its comment are those of the notation; a value ends at
// the end of the line or at a # behind a blank.
//
//	role server              this side is the server; its frames say nomask
//	handshake                the head of a legal request, or of a legal response once
//	                         the request has come; a scenario without one sends none
//	handshake GET / HTTP/1.0 a request line of one's own; what is left out is as usual
//	handshake 404 Not Found  the same of a response
//	with Host: example.org   below a handshake: the field gets this value
//	also Cookie: a=1         the field is added, whether there is one or not
//	also "no field"          a line of any kind is added
//	without Upgrade          the field is left out
//	handshake bytes "GET /"  these bytes and no others
//	wait 50ms                nothing is sent for so long
//	chop 1                   so many bytes a TCP segment from here on; chop off ends it
//	end                      this side's half of TCP ends
//	reset                    TCP ends at once, both ways
//	pong off                 pings are not answered from here on
//	expect text "Hello"      a text message with this payload; without one, any
//	expect message           a message, text or binary
//	expect close 1000        a Close frame with this code; without one, any;
//	                         1005 is one that has no code
//	expect pong "x"          a pong with this payload; without one, any
//	expect silence 100ms     nothing comes for so long
//	expect end               TCP ends; expect reset: with RST
//	expect status 101        the head of a response with this status code
//	expect rule NAME         the other side breaks this rule
//	expect no rule           the other side has broken none
//
// # Transcripts
//
// A transcript is what happened on a connection, one event a line: its time from
// the first one on, the side, the event.
//
//	transcript = entry , { newline , entry } ;
//	entry      = [ time , ( side , event | stop | met ) ] , [ comment ] ;
//	side       = "client" | "server" ;
//	event      = "bytes" , raw bytes | ( "open" | "end" | "reset" | "failed" ) , [ note ] ;
//	stop       = "stop" , [ note ] ;
//	met        = "expect" , number , ( "met" | "unmet" ) , [ note ] ;
//	note       = value ;
//
// The number is a line of the scenario that was played.
package protocol
