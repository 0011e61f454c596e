import { describe, expect, test } from "vitest";
import { scrubPieces } from "../../../test/support/scrub.js";

describe("what stands around a value", () => {
  test.each([
    ["_10.8.9.1_ and __4111111111111111__", "_<IP>_ and __<CREDIT_CARD>__"],
    ["_ann@example.com_, ***10.8.9.1***", "_<EMAIL_ADDRESS>_, ***<IP>***"],
    ["~~555-123-4567~~ `10.8.9.1` _488-23-3729_", "~~<PHONE_NUMBER>~~ `<IP>` _<US_SSN>_"],
    [String.raw`ann\_lee@example.com, 555\-123\-4567, 10\.8\.9\.1`, "<EMAIL_ADDRESS>, <PHONE_NUMBER>, <IP>"],
    [String.raw`"x\n10.8.9.1\tann\u0040example.com"`, String.raw`"x\n<IP>\t<EMAIL_ADDRESS>"`],
    ["**ann**@example.com, `ann`@`example.com`", "**<EMAIL_ADDRESS>, `<EMAIL_ADDRESS>`"],
    ["*ann*@example.com ann@**example**.com __ann__@example.com", "*<EMAIL_ADDRESS> <EMAIL_ADDRESS> __<EMAIL_ADDRESS>"],
    ["<b>ann</b>@example.com, ann<wbr>@<em>example</em>.com", "<b><EMAIL_ADDRESS>, <EMAIL_ADDRESS>"],
    ["10.**8**.9.1 and **(555)** 123-**4567**.", "<IP> and **<PHONE_NUMBER>**."],
    ["4111 **1111** 1111 ~~1111~~, SSN **488**-23-3729", "<CREDIT_CARD>~~, SSN **<US_SSN>"],
    ["DE89 **3704** 0044 0532 0130 00 ghp_**abcdefghijklmnopqrstuvwxyz0123456789**", "<IBAN> <API_KEY>**"],
    ["(`_10.8.9.1_`, **_ann@example.com_**)", "(`_<IP>_`, **_<EMAIL_ADDRESS>_**)"],
    ["SSN is488-23-3729", "SSN is<US_SSN>"],
    ["phone555-123-4567, IP10.8.9.1, card4111111111111111", "phone<PHONE_NUMBER>, IP<IP>, card<CREDIT_CARD>"],
  ])("hides nothing: %s", (text, expected) => {
    expect(scrubPieces([text])).toBe(expected);
    expect(scrubPieces([...text])).toBe(expected);
  });

  test.each([
    "kernel 5.15.0.91",
    "Linux 6.1.0.13",
    "Chrome/120.0.6099.109 Firefox 115.0.2.1",
    "java 11.0.2.9",
    "Take the 5 Star Drive tour",
    "a 5 Mile Run, a 10 Minute Drive, a 12 Hour Drive, a 2 Way Street, a 6 Lane Highway",
    'App 12.4.0.118, Slack 4.29.1.2, foo==1.2.3.4, [assembly: AssemblyVersion("1.0.0.0")], oid 1.3.6.1',
    "**bold**text, 5**6**7, a*b*c, f<T>(x), 4111********1111, ***-**-3729, 2024**-12-**31",
    "a part ab12.34.56.78, snake_case_4 and v1.2.3.4",
  ])("makes nothing an entity: %s", (text) => {
    expect(scrubPieces([text])).toBe(text);
  });
});

describe("what a value is written with", () => {
  test.each([
    ["ann%40example.com, ann%2Blee%40example.com", "<EMAIL_ADDRESS>, <EMAIL_ADDRESS>"],
    [
      "ann&#64;example.com ann&#x40;example.com ann&commat;example.com;",
      "<EMAIL_ADDRESS> <EMAIL_ADDRESS> <EMAIL_ADDRESS>;",
    ],
    ["555%20123%204567 DE89&nbsp;3704&nbsp;0044&nbsp;0532&nbsp;0130&nbsp;00.", "<PHONE_NUMBER> <IBAN>."],
    [
      "ann&amp;#64;example.com ann%2540example.com ann&shy;@example.com",
      "<EMAIL_ADDRESS> <EMAIL_ADDRESS> <EMAIL_ADDRESS>",
    ],
    [
      "ann\u200e@example.com ann\u034f@exam\ufe0fple.com ann\ufe6bexample.com",
      "<EMAIL_ADDRESS> <EMAIL_ADDRESS> <EMAIL_ADDRESS>",
    ],
    [
      "ann=40example.com, ann=2Elee=40example=2Ecom; J=FCrgen=40example.de",
      "<EMAIL_ADDRESS>, <EMAIL_ADDRESS>; <EMAIL_ADDRESS>",
    ],
    ["ann@exam=\nple.com call 555-12=\r\n3-4567 10=2E8.9=2E1", "<EMAIL_ADDRESS> call <PHONE_NUMBER> <IP>"],
    ["phone=\n555 123 4567 phone=40 555 123 4567", "phone=\n<PHONE_NUMBER> phone=<PHONE_NUMBER>"],
    ["==ann==@example.com ann@==example==.com ==10.8.9.1==", "==<EMAIL_ADDRESS> <EMAIL_ADDRESS> ==<IP>=="],
    [
      "ann [at] example [dot] com, ann(at)example.com; ann{at}example{dot}com",
      "<EMAIL_ADDRESS>, <EMAIL_ADDRESS>; <EMAIL_ADDRESS>",
    ],
    [
      "my e-mail is ann at example dot com. ann dot lee at gmail dot com",
      "my e-mail is <EMAIL_ADDRESS>. <EMAIL_ADDRESS>",
    ],
    [
      'Found [ "ann@example.com" ] and x ["10.8.9.1"] or a [at] b',
      'Found [ "<EMAIL_ADDRESS>" ] and x ["<IP>"] or a [at] b',
    ],
    ["４１１１ １１１１ １１１１ １１１１", "<CREDIT_CARD>"],
    ["ann\u200b@example.com 10.\u200b8.9.1 4111\u20601111\u00ad1111\ufeff1111", "<EMAIL_ADDRESS> <IP> <CREDIT_CARD>"],
    ["ann＠example.com １０．８．９．１ ４１１１１１１１１１１１１１１１", "<EMAIL_ADDRESS> <IP> <CREDIT_CARD>"],
    ["x-functions-key: abcdef1234567890abcdef", "x-functions-key: <API_KEY>"],
    ["Ocp-Apim-Subscription-Key: 0123456789abcdef0123456789abcdef", "Ocp-Apim-Subscription-Key: <API_KEY>"],
    ["Set-Cookie: sid=abc1234567890def; Path=/", "Set-Cookie: sid=<API_KEY>; Path=/"],
    [
      'DB_PASSWORD=hunter2xyz "password": "hunter2xyz", pwd: hunter2.',
      'DB_PASSWORD=<API_KEY> "password": "<API_KEY>", pwd: <API_KEY>.',
    ],
  ])("hides nothing: %s", (text, expected) => {
    expect(scrubPieces([text])).toBe(expected);
    expect(scrubPieces([...text])).toBe(expected);
  });

  test.each([
    "12::34, 10:30::45 and 1:2:3:4:5:6:7:8",
    "§ 1.2.3.4 and §1.2.3.4",
    "We met at example dot com, at noon; look at the dot matrix at last.",
    "timeout=4000.ms width=40px.min x=40.days a==b.c items[at].name rows[dot].x if version==10.1.2.3:",
    "+100 200 300 points",
    "100%40 off, AT&T; R&D; 5 &amp; 6 &nbsp; 50% of 2024",
    "password: required, passwords: 2024, pwd: $PWD, password: hidden",
    "👩\u200d👩\u200d👧 soft\u00adhyphen ＡＢＣ，１２３",
  ])("makes nothing an entity: %s", (text) => {
    expect(scrubPieces([text])).toBe(text);
    expect(scrubPieces([...text])).toBe(text);
  });
});
