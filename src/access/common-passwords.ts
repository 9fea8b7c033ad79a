/**
 * The commonest passwords and their stems, in lower case, without what is no letter or digit: what lists of leaked ones have
 * at the top, and what people make of them to reach twelve characters. Short ones stand here as stems: digits around them
 * make them no better.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `password passw0rd p4ssword p4ssw0rd pa55word pa55w0rd passwort kennwort motdepasse contrasena senha wachtwoord
  passwordpassword passwordone mypassword thepassword newpassword password1 adminpassword userpassword rootpassword
  admin administrator administrateur administrador adminadmin adminadminadmin rootroot superuser superadmin sysadmin
  systemadmin systemadministrator networkadmin domainadmin localadmin webadmin default defaultpassword changeme changeit
  changemenow changethis changemeplease pleasechange pleasechangeme letmein letmeinnow letmeinplease welcome welcomehome
  welcomeback welcometo willkommen bienvenue bienvenido benvenuto bemvindo welkom secret secretpassword topsecret
  mysecret geheim geheimnis geheimespasswort secreto segredo qwerty qwertz azerty qwertyuiop qwertzuiop azertyuiop
  qwertyqwerty qwertyasdf qwertyasdfgh qwertyasdfghzxcvbn asdfgh asdfghjkl asdfasdf zxcvbn zxcvbnm qazwsx qazwsxedc
  qazwsxedcrfv qweasd qweasdzxc qwerasdf qwerasdfzxcv qwerqwer zaq12wsx zaq1zaq1 zaq1xsw2 xsw2zaq1 1qaz2wsx 1qaz2wsx3edc
  1qazxsw2 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz1qaz 1234qwer 123qwe 123qweasd 123qweasdzxc q1w2e3r4 q1w2e3r4t5
  q1w2e3r4t5y6 a1b2c3d4 a1b2c3d4e5 a1b2c3d4e5f6 abcd1234 abc123 abcabcabc aaaaaa abcdefgh abcdefghijkl abcdefg1234567
  iloveyou iloveyousomuch iloveyouforever ilovemyself iloveu ilovejesus ilovemywife ilovegod loveyou lovelove loveme
  jetaime teamo ichliebedich monkey monkeymonkey dragon dragonball dragonfly football footballfootball fussball futbol
  baseball basketball soccer hockey hunter master mastermind shadow sunshine sunshinesunshine mysunshine superman
  batman batmanbatman spiderman ironman starwars startrek pokemon princess princesa prinzessin michael michaeljordan
  jordan jennifer jessica charlie charliebrown thomas daniel robert andrew joshua matthew ashley nicole chelsea
  liverpool arsenal manchester manchesterunited barcelona realmadrid juventus bayern bayernmunich schalke ferrari
  porsche mercedes mustang corvette harley harleydavidson yamaha computer computador internet internetexplorer google
  facebook microsoft windows samsung linkedin twitter youtube whatever whateverwhatever trustno trustnoone nothing
  freedom forever forevermore family familyfirst mother father friends friendsforever bestfriends bestfriend soulmate
  summer summertime winter winteriscoming spring autumn january february monday friday saturday sunday flower flowers
  butterfly chocolate cookie cookies cheese coffee banana orange pepper ginger killer killerkiller phoenix matrix
  thematrix gandalf merlin hello hellohello helloworld hallo hallohallo hallowelt bonjour holahola goodmorning
  goodluck godisgood godislove jesus jesuschrist jesusislord jesuslovesme christ blessed angel angels babygirl
  mybaby sweetheart sweetie tinkerbell snoopy tigger naruto sasuke narutouzumaki minecraft fortnite counterstrike
  callofduty leagueoflegends warcraft worldofwarcraft zelda mario supermario test testtest testtesttest testing
  testingtesting testpassword tester guest guestguest user useruser username public private temp temporary
  temppassword temporal office company companyname business server router cisco ciscocisco switch network firewall
  security securepassword secure login loginlogin access accessdenied opensesame enter enterpassword nopassword
  donotenter dontforget iforgot iforgotmypassword forgot forgotpassword notmypassword thisismypassword itsasecret
  thisisapassword thisisasecret itisasecret correcthorsebatterystaple correcthorse batterystaple ihatepasswords
  ihateyou fuckyou fuckyoufuckyou fuckoff fuckme asshole bullshit motherfucker blink182 metallica slipknot nirvana
  ncc1701 trustno1 abc123abc123 a123456789 123456789a 123456a 1a2b3c4d 1a2b3c4d5e 1a2b3c4d5e6f zaqxswcde vfrtgb
  certificate certificates certificateauthority zertifikat scepward scepwardadmin enterprise enterpriseadmin`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
