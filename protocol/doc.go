// Package protocol is RFC 6455 from scratch, for a program that wants to see and
// to make every handshake and every frame that the wire allows, legal or not. It
// has no I/O, no clock, no randomness and no goroutine, and the same code runs
// natively and as WebAssembly.
//
// # The layers, in reading order
//
//   - [Opcode] and [StatusCode] are the two registries; [Role] is the side.
//   - [Header], [ParseHeader] and [Mask] are what stands in front of a payload and
//     what is done to it. Reading judges nothing and refuses nothing.
//   - [Draft] is a frame as somebody wants it; [Draft.AppendTo] makes its bytes.
//     [ParseNotation] and [Draft.AppendNotation] are its text, described below.
//     [Recover], [RecoverFrame] and [Draft.WithBytes] lead from bytes back to
//     drafts, [ParseDump] from pasted text to bytes, [AppendLiteral] from bytes to
//     the source text of other languages.
//   - [Span] and [Field] name runs of bits.
//   - [Rule] and [RuleSet] are what the RFC asks for; [Diagnostic] is one rule
//     broken at one place.
//   - [Inspect] reads any bytes and says all of that in a [Report], which
//     [Report.AppendJSON] writes down; [Mend] takes one diagnostic out of drafts.
//   - [UTF8] judges text that arrives in pieces, and [Conn] is a whole endpoint of
//     a connection on top of it: bytes in, events out, bytes to send out.
//   - [ParseRequestHead] and [ParseResponseHead] read the opening handshake into
//     heads, [HeadDraft] makes one, [ComputeAccept] shows the steps from the key to
//     the value that accepts it. [Head.CheckRequest] and [CheckHandshake] judge,
//     [CheckTarget] and others single values; [ReadHandshake] says what was agreed on. [ParseSubprotocols] and
//     [ParseExtensions] are the grammars of the two fields that are lists.
//   - [NegotiateDeflate] and [ReadDeflateResponse] agree on permessage-deflate (RFC
//     7692), [ParseDeflateAgreement] reads what was agreed on; [Inflater] and
//     [AppendDeflate] are its data, with every block, code and match in view.
//     [Options] take the agreement, and [InspectDeflate] puts one compressed
//     message under a [Microscope].
//   - [Scenario] is a whole conversation as one side is to hold it, [Transcript] is
//     what came of it; both are text as well, described below. [InspectTranscript]
//     judges its two directions together, in a [Conversation].
//   - [Presets] and [Symptoms] are collections: drafts worth a look, and what
//     other programs say about them.
//
// What always holds: encoding what was parsed gives the same bytes; the fields of
// a frame tile its bytes; a receiver's events do not depend on how the bytes were
// cut; parsing what was printed gives the same draft.
//
// # The notation
//
// One line is one frame, said in words. A line that says only an opcode is a
// legal frame of a client: FIN is 1, MASK is 1, whoever encodes the draft gives
// the masking key, and the payload length is the payload's own, in the shortest
// form. Each word changes one of these and leaves all others alone, so the order
// of the words does not matter, and what one word can say is said once a line.
// Words are lower case and separated by blanks.
//
//	text     = line , { newline , line } ;
//	line     = [ frame | raw ] , [ comment ] ;
//	frame    = item , { item } ;         (* one of them is the opcode *)
//	item     = opcode | flag | masking | form | length | cut | code | payload ;
//	raw      = "bytes" , [ digits | quoted | repeat ] ;
//	comment  = "#" , { any character } ;
//
//	opcode   = "continuation" | "text" | "binary" | "close" | "ping" | "pong"
//	         | "opcode=" , number ;
//	flag     = "fin" | "nofin" | "rsv1" | "norsv1" | "rsv2" | "norsv2" | "rsv3" | "norsv3" ;
//	masking  = "mask" | "nomask" | "mask=" , key | "key=" , key | "nokey" | "xor=" , key ;
//	form     = "len7" | "len16" | "len64" ;
//	length   = "len=" , number ;
//	cut      = "cut=" , number ;
//	code     = number ;
//	payload  = source | deflate ;
//	source   = quoted | "hex:" , [ digits ] | repeat ;
//	repeat   = "repeat(" , [ digits | quoted ] , "," , number , ")" ;
//	deflate  = "deflate(" , [ source ] , { "," , how } , ")" ;
//	how      = "stored" | "fixed" | "dynamic" | "final" | "tail" | "window=" , number ;
//
//	quoted   = '"' , { character | escape } , '"' ;
//	escape   = "\" , ( '"' | "\" | "n" | "r" | "t" | "x" , digit , digit
//	         | "u{" , digit , { digit } , "}" ) ;
//	key      = 8 * digit ;
//	digits   = digit , digit , { digit , digit } ;
//	number   = decimal , { decimal } | "0x" , digit , { digit } ;
//	digit    = decimal | "a" to "f" | "A" to "F" ;
//
// Between the digits of raw bytes and inside parentheses there may be blanks, in
// front of raw digits there may be "hex:", and no blank is needed in front of a
// quote or a comment. Lines that are blank or only a comment do not count.
//
// # The words
//
//	text                     an opcode by its registered name
//	opcode=3  opcode=0xb     any opcode, 0 to 15; printed as its name if it has one
//	nofin                    FIN is 0; fin says that it is 1
//	rsv1  rsv2  rsv3         the bit is 1; norsv1 and so on say that it is 0
//	mask                     MASK is 1
//	nomask                   MASK is 0, and no key is written unless key= says one
//	mask=37fa213d            MASK is 1 and this key is written
//	key=37fa213d             this key is written, whatever MASK is
//	nokey                    no key is written, whatever MASK is
//	xor=00000000             the key that really masks the payload; 00000000 is none
//	len7  len16  len64       in how many bits the payload length stands, even if it
//	                         does not fit: then its high bits are lost
//	len=5                    the payload length declared, 0 to 2^64-1
//	cut=2                    so many bytes are missing from the end of the frame
//	1002                     a status code, 0 to 65535, in front of the payload
//	"Gr\u{fc}\xdfe\n"        a payload as text: \x is one byte, \u{} one character
//	hex:00ff                 a payload as bytes
//	repeat(ab,65536)         a payload of so many times the bytes ab
//	repeat("ha",3)           the same with a text; printed as repeat(6861,3)
//	deflate("Hello")         what the text compresses to, as a message of
//	                         permessage-deflate has it; rsv1 is a word of its own
//	stored  fixed  dynamic   in blocks of this type, not of the smallest
//	final                    BFINAL is set on the last block of data
//	tail                     00 00 ff ff is not removed
//	window=9                 matches reach back 2^9 bytes, 2^8 to 2^15
//	bytes 81 85 37 fa        no frame but these bytes, or bytes "text"
//	# a comment              kept with the draft of its line
//
// Some lines, as they are printed:
//
//	text mask=37fa213d "Hello"
//	text nofin "Hel" # a fragment
//	continuation "lo"
//	close 1002 "bye"
//	binary len16 len=5 hex:0102
//	opcode=3 rsv1 nomask hex:c1
//	text mask=37fa213d xor=00000000 "Hi"
//	text cut=2 "Hello"
//	bytes 81 85 37 fa
//	binary repeat(ab,65536)
//	text rsv1 deflate("Hello",fixed)
//
// There is one printed line for each draft. Its order is: opcode, nofin, rsv1 to
// rsv3, nomask, mask= or key= or nokey, xor=, the form, len=, cut=, the status
// code, the payload, the comment. A text shows printable characters as they are
// and everything else as escapes. At most [MaxDrafts] frames with at most
// [MaxDraftPayload] bytes of payload in all of them are read from one text.
package protocol
