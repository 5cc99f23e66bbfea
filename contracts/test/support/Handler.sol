// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExchange} from "../../src/IExchange.sol";
import {Features} from "../../src/lib/Features.sol";
import {HostileMoney} from "./HostileMoney.sol";
import {House} from "./House.sol";
import {Vm} from "./Vm.sol";

/// @dev Five people, eight cards, a house, a court and a badly behaved money, at random. Each function is one thing that
/// somebody tries; what must hold after every step is in `Invariants.t.sol`, what must hold within a step is noted here as
/// a `broken` rule. Steps aim at what is possible (2 of 3), so that walks go deep; `reached` proves that they do.
contract Handler is House {
    uint256 internal constant PEOPLE = 5;
    uint256 internal constant CARDS = 8;

    struct Promise {
        DeliveryRecord record;
        uint256 k;
        uint256 e;
        bool right;
        bytes32 hash;
    }

    HostileMoney internal hostile;
    address[] internal persons;
    uint256[] internal keys;
    mapping(address => uint256) internal keyOf;

    string[] public broken;
    string[] public kinds;
    mapping(bytes32 => uint256) public reached;
    mapping(uint256 => State) internal lastState;

    mapping(uint256 => uint32) internal lastNonce;
    mapping(uint256 => address) internal lastOwner;
    mapping(uint256 => bool) internal dead;
    mapping(uint256 => uint256) internal lastBid;
    uint256[] internal shareIds;
    mapping(uint256 => uint256) public cashed;
    Promise[] internal promises;
    Listing internal filled;
    bytes internal filledSignature;
    mapping(bytes32 => uint96) internal sealedAmount;

    struct Seal {
        uint256 cardId;
        uint32 nonce;
        address bidder;
    }
    Seal[] internal seals;

    constructor() {
        setUp();
    }

    function newMoney() internal override returns (address) {
        hostile = new HostileMoney();
        return address(hostile);
    }

    function give(address who, uint256 amount) internal override {
        hostile.mint(who, amount);
    }

    function people() internal override {
        for (uint256 i = 0; i < PEOPLE; ++i) {
            uint256 key = 0xBEEF + i;
            keys.push(key);
            persons.push(vm.addr(key));
            keyOf[persons[i]] = key;
            admit(persons[i]);
            deposit(persons[i], 10_000_000);
        }
        // Most cards are there from the start; the others come by mint and by first sale.
        for (uint256 i = 0; i < CARDS - 3; ++i) {
            mint(i, persons[i % PEOPLE]);
            lastOwner[card(i)] = persons[i % PEOPLE];
        }
    }

    // ------------------------------------------------------------------ who and what

    function person(uint256 seed) internal view returns (address) {
        return persons[seed % PEOPLE];
    }

    function other(address than, uint256 seed) internal view returns (address who) {
        who = person(seed);
        if (who == than) who = person(seed % PEOPLE + 1);
    }

    function card(uint256 seed) internal pure returns (uint256) {
        return idOf(seed % CARDS);
    }

    /// @dev A card in this state, from a random start, or any.
    function cardIn(State state, uint256 seed) internal view returns (uint256) {
        for (uint256 i = 0; i < CARDS; ++i) {
            if (stateOf(card(seed % CARDS + i)) == state) return card(seed % CARDS + i);
        }
        return card(seed);
    }

    function stateOf(uint256 cardId) internal view returns (State) {
        try exchange.cardOf(cardId) returns (CardRecord memory c) {
            return c.state;
        } catch {
            return State.NONE;
        }
    }

    function ownerOf(uint256 cardId) internal view returns (address) {
        try exchange.ownerOf(cardId) returns (address owner) {
            return owner;
        } catch {
            return address(0);
        }
    }

    function honest() internal view returns (bool) {
        return hostile.manner() == HostileMoney.Manner.HONEST;
    }

    function worth(address who) internal view returns (uint256) {
        (uint128 free, uint128 locked) = exchange.purseOf(who);
        return hostile.balanceOf(who) + free + locked;
    }

    function allWorth() internal view returns (uint256 sum) {
        for (uint256 i = 0; i < PEOPLE; ++i) {
            sum += worth(persons[i]);
        }
    }

    function rule(bool holds, string memory what) internal {
        if (!holds) broken.push(what);
    }

    function hit(string memory what) internal {
        if (++reached[keccak256(bytes(what))] == 1) kinds.push(what);
    }

    /// @dev What the walk has been through, one kind a line: name, tab, how often.
    function report() external view returns (string memory text) {
        for (uint256 i = 0; i < kinds.length; ++i) {
            text = string.concat(text, kinds[i], "\t", decimal(reached[keccak256(bytes(kinds[i]))]), "\n");
        }
    }

    function decimal(uint256 n) private pure returns (string memory) {
        string memory digit = string(abi.encodePacked(uint8(48 + n % 10)));
        return n < 10 ? digit : string.concat(decimal(n / 10), digit);
    }

    function brokenRules() external view returns (string memory all) {
        for (uint256 i = 0; i < broken.length; ++i) {
            all = string.concat(all, "; ", broken[i]);
        }
    }

    /// @dev After each step: nonces rise, the dead stay dead, whoever got a card was admitted.
    modifier watched() {
        _;
        for (uint256 i = 0; i < CARDS; ++i) {
            uint256 id = card(i);
            State state = stateOf(id);
            if (state == State.NONE) continue;
            if (state != lastState[id]) hit(string.concat("state ", decimal(uint8(state))));
            lastState[id] = state;
            CardRecord memory c = exchange.cardOf(id);
            rule(c.nonce >= lastNonce[id], "4 a nonce fell");
            rule(!dead[id] || state == State.REDEEMED, "3 a tombstone moved");
            dead[id] = state == State.REDEEMED;
            if (c.owner != lastOwner[id]) {
                rule(c.nonce > lastNonce[id] || lastOwner[id] == address(0), "4 sold without a new nonce");
                rule(
                    c.owner == address(0) || c.owner == address(exchange) || exchange.canReceive(c.owner),
                    "7 received without admission"
                );
            }
            (lastNonce[id], lastOwner[id]) = (c.nonce, c.owner);
            if (state == State.AUCTION) {
                AuctionRecord memory a = exchange.auctionOf(id);
                rule(a.end <= a.hardEnd, "6 beyond the hard end");
                if (lastBid[id] != 0) {
                    rule(a.amount == lastBid[id] || a.amount >= (lastBid[id] * 105 + 99) / 100, "6 step too small");
                }
                lastBid[id] = a.amount;
            } else {
                lastBid[id] = 0;
            }
        }
    }

    // ------------------------------------------------------------------ sales

    function mint(uint256 seed, uint256 who) external watched {
        Attest memory m = attestOf(card(seed), person(who));
        try exchange.mint(m, sign(m)) {
            hit("mint");
            rule(lastNonce[m.cardId] == 0 && lastOwner[m.cardId] == address(0), "3 minted twice");
        } catch {}
    }

    function buy(uint256 seed, uint256 who, uint96 price, uint16 feeBps, uint16 charityBps, bool reissue)
        external
        watched
    {
        uint256 id = cardIn(State.ACTIVE, seed);
        address from = ownerOf(id);
        if (from == address(0) || keyOf[from] == 0) return;
        address to = other(from, who);
        Listing memory l = listingOf(id, nonceOf(id));
        l.price = uint96(bound(price, 1, 1e9));
        // Together above the cap for one in fifteen.
        l.feeBps = uint16(feeBps % 320);
        l.charityBps = uint16(charityBps % 280);
        l.charityId = CHARITY;
        l.delivery = reissue ? Delivery.REISSUE : Delivery.VAULT;
        bytes memory s = sign(keyOf[from], l);
        uint256[2] memory before = [worth(to), worth(from)];
        vm.prank(to);
        try exchange.buy(l, s) {
            hit(reissue ? "hold" : "buy");
            rule(l.feeBps + l.charityBps <= 500, "5 fee above the cap");
            if (honest()) {
                rule(before[0] - worth(to) == l.price, "5 the buyer paid another price");
                if (!reissue) {
                    uint256 fee = uint256(l.price) * l.feeBps / 10_000;
                    uint256 gift = uint256(l.price) * l.charityBps / 10_000;
                    rule(worth(from) - before[1] == l.price - fee - gift, "5 the seller got another net");
                }
            }
            (filled, filledSignature) = (l, s);
        } catch {}
    }

    /// @dev An order that was filled can never be filled again, by anyone, at any time.
    function replay(uint256 who) external watched {
        if (filled.price == 0) return;
        vm.prank(person(who));
        try exchange.buy(filled, filledSignature) {
            rule(false, "4 filled twice");
        } catch {
            hit("replay");
        }
    }

    function acceptBid(uint256 seed, uint256 who, uint96 price, uint16 feeBps) external watched {
        uint256 id = cardIn(State.ACTIVE, seed);
        address from = ownerOf(id);
        if (keyOf[from] == 0) return;
        Bid memory b = bidOf(id, nonceOf(id));
        b.bidder = other(from, who);
        b.epoch = exchange.accountOf(b.bidder).epoch;
        b.price = uint96(bound(price, 1, 1e9));
        b.feeBps = uint16(feeBps % 550);
        bytes memory s = sign(keyOf[b.bidder], b);
        vm.prank(from);
        try exchange.acceptBid(b, s, 0, 0) {
            hit("acceptBid");
            rule(b.feeBps <= 500, "5 fee above the cap");
        } catch {}
    }

    function swap(uint256 a, uint256 b, uint96 topUp, bool makerPays) external watched {
        uint256 give_ = cardIn(State.ACTIVE, a);
        uint256 want = cardIn(State.ACTIVE, b);
        (address maker, address taker) = (ownerOf(give_), ownerOf(want));
        if (keyOf[maker] == 0 || maker == taker || keyOf[taker] == 0) return;
        SwapOffer memory o = SwapOffer(
            give_, want, uint96(topUp % 1e6), makerPays, 100, nonceOf(give_), exchange.accountOf(maker).epoch, FAR
        );
        bytes memory s = sign(keyOf[maker], o);
        vm.prank(taker);
        try exchange.swap(o, s) {
            hit("swap");
        } catch {}
    }

    function buyLazy(uint256 seed, uint256 who, uint256 to, uint96 price) external watched {
        (uint256 id, address from) = (card(seed), person(who));
        Attest memory m = attestOf(id, from);
        Listing memory l = listingOf(id, 0);
        l.price = uint96(bound(price, 1, 1e9));
        (bytes memory a, bytes memory s) = (sign(m), sign(keyOf[from], l));
        (bytes32 r, bytes32 vs) = words(a);
        vm.prank(other(from, to));
        try exchange.buyLazy(firstOf(m, l), r, vs, s) {
            hit("buyLazy");
            rule(lastNonce[id] == 0 && lastOwner[id] == address(0), "3 minted twice");
        } catch {}
    }

    function buyMany(uint256 seed, uint256 who) external watched {
        address to = person(who);
        Listing[] memory listings = new Listing[](3);
        bytes[] memory signatures = new bytes[](3);
        uint256 found;
        uint256 price;
        for (uint256 i = 0; i < CARDS && found < 3; ++i) {
            uint256 id = card(seed % CARDS + i);
            address from = ownerOf(id);
            if (stateOf(id) != State.ACTIVE || keyOf[from] == 0 || from == to) continue;
            listings[found] = listingOf(id, nonceOf(id));
            signatures[found] = sign(keyOf[from], listings[found]);
            price += listings[found++].price;
        }
        if (found < 3) return;
        uint256 before = worth(to);
        vm.prank(to);
        try exchange.buyMany(listings, signatures) {
            hit("buyMany");
            rule(!honest() || before - worth(to) == price, "5 the buyer paid another price");
            (filled, filledSignature) = (listings[1], signatures[1]);
        } catch {}
    }

    function buyDutch(uint256 seed, uint256 who, uint32 left) external watched {
        uint256 id = cardIn(State.ACTIVE, seed);
        address from = ownerOf(id);
        if (keyOf[from] == 0) return;
        uint40 start = uint40(block.timestamp - left % 2 days);
        DutchTerms memory m =
            DutchTerms(id, 2 * PRICE, PRICE, start, start + 2 days, 100, 0, 0, Delivery.VAULT, nonceOf(id));
        bytes memory s = sign(keyOf[from], m);
        address to = other(from, who);
        uint256 before = worth(to);
        vm.prank(to);
        try exchange.buyDutch(m, s, 2 * PRICE) {
            hit("buyDutch");
            uint256 paid = before - worth(to);
            rule(!honest() || (paid >= PRICE && paid <= 2 * PRICE), "5 a price off the line");
        } catch {}
    }

    function matchOrders(uint256 seed, uint256 who, uint96 more, bool reissue) external watched {
        uint256 id = cardIn(State.ACTIVE, seed);
        address from = ownerOf(id);
        if (keyOf[from] == 0) return;
        Listing memory l = listingOf(id, nonceOf(id));
        l.delivery = reissue ? Delivery.REISSUE : Delivery.VAULT;
        Bid memory b = bidOf(id, l.nonce);
        b.bidder = other(from, who);
        b.epoch = exchange.accountOf(b.bidder).epoch;
        b.price = l.price - 1 + more % 1_000;
        try exchange.matchOrders(l, sign(keyOf[from], l), b, sign(keyOf[b.bidder], b)) {
            hit(reissue ? "match into hold" : "matchOrders");
            rule(b.price >= l.price, "5 sold below the listing");
        } catch {}
    }

    function transfer(uint256 seed, uint256 who) external watched {
        uint256 id = cardIn(State.ACTIVE, seed);
        address from = ownerOf(id);
        if (keyOf[from] == 0) return;
        address to = seed % 5 == 0 ? address(exchange) : person(who);
        vm.prank(from);
        try exchange.transferFrom(from, to, id) {
            hit("transfer");
            rule(to != address(exchange), "7 a card sent to the contract");
        } catch {}
    }

    function cancelBids(uint256 who, uint256 seed) external watched {
        if (seed % 4 != 0) return;
        vm.prank(person(who));
        exchange.cancelBids();
        hit("cancelBids");
    }

    function cancel(uint256 seed) external watched {
        uint256 id = cardIn(State.ACTIVE, seed);
        address owner = ownerOf(id);
        if (keyOf[owner] == 0 || stateOf(id) != State.ACTIVE) return;
        vm.prank(owner);
        exchange.cancelAll(id);
        hit("cancel");
    }

    function burn(uint256 seed) external watched {
        if (seed % 12 != 0) return;
        uint256 id = cardIn(State.ACTIVE, seed);
        address owner = ownerOf(id);
        if (keyOf[owner] == 0) return;
        vm.prank(owner);
        try exchange.burn(id) {
            hit("burn");
        } catch {}
    }

    // ------------------------------------------------------------------ English

    function openAuction(uint256 seed, uint256 who, uint96 amount, bool reissue) external watched {
        uint256 id = cardIn(State.ACTIVE, seed);
        address from = ownerOf(id);
        if (keyOf[from] == 0) return;
        AuctionTerms memory m = auctionOf(id, nonceOf(id));
        m.delivery = reissue ? Delivery.REISSUE : Delivery.VAULT;
        (m.charityBps, m.charityId) = (250, CHARITY);
        bytes memory s = sign(keyOf[from], m);
        vm.prank(other(from, who));
        try exchange.openAuction(m, s, uint96(bound(amount, PRICE, 1e6))) {
            hit("openAuction");
        } catch {}
    }

    function bid(uint256 seed, uint256 who, uint96 more) external watched {
        uint256 id = cardIn(State.AUCTION, seed);
        AuctionRecord memory a = exchange.auctionOf(id);
        address outbid = a.bidder;
        address bidder = other(outbid, who);
        uint256 amount = bound(more, a.amount, uint256(a.amount) * 2 + 1);
        uint256 before = outbid == address(0) ? 0 : worth(outbid);
        vm.prank(bidder);
        try exchange.bid(id, uint96(amount)) {
            hit("bid");
            rule(amount > a.amount, "6 a bid did not rise");
            if (hostile.manner() != HostileMoney.Manner.CUT) {
                rule(worth(outbid) == before + a.amount, "6 the loser was not refunded");
            }
        } catch {}
    }

    function settleAuction(uint256 seed) external watched {
        uint256 id = cardIn(State.AUCTION, seed);
        if (stateOf(id) != State.AUCTION) return;
        bool over = block.timestamp >= exchange.auctionOf(id).end;
        try exchange.settleAuction(id) {
            rule(over, "6 settled too early");
            hit("settleAuction");
        } catch {
            rule(!over, "10 an auction could not be settled");
        }
    }

    // ------------------------------------------------------------------ sealed

    function openSealed(uint256 seed, bool second) external watched {
        uint256 id = cardIn(State.ACTIVE, seed);
        address from = ownerOf(id);
        if (keyOf[from] == 0) return;
        uint40 start = uint40(block.timestamp);
        SealedTerms memory m = SealedTerms(
            id, 100, 1_000, start + 2 hours, start + 4 hours, second, 100, 0, 0, Delivery.VAULT, nonceOf(id)
        );
        try exchange.openSealed(m, sign(keyOf[from], m)) {
            hit("openSealed");
        } catch {}
    }

    function commit(uint256 seed, uint256 who, uint96 amount) external watched {
        uint256 id = cardIn(State.SEALED, seed);
        if (stateOf(id) != State.SEALED) return;
        address bidder = other(ownerOf(id), who);
        uint32 nonce = nonceOf(id);
        amount = uint96(amount % 5_000);
        bytes32 c = keccak256(abi.encode(id, nonce, bidder, amount, bytes32("salt")));
        vm.prank(bidder);
        try exchange.commitBid(id, c) {
            hit("commit");
            sealedAmount[keccak256(abi.encode(id, nonce, bidder))] = amount;
            seals.push(Seal(id, nonce, bidder));
        } catch {}
    }

    function reveal(uint256 seed) external watched {
        Seal memory x = unopened(seed);
        if (x.bidder == address(0)) return;
        if (stateOf(x.cardId) != State.SEALED || nonceOf(x.cardId) != x.nonce) return;
        SealedRecord memory a = exchange.sealedOf(x.cardId, x.nonce);
        if (block.timestamp < a.commitUntil) vm.warp(a.commitUntil);
        uint96 amount = sealedAmount[keccak256(abi.encode(x.cardId, x.nonce, x.bidder))];
        vm.prank(x.bidder);
        try exchange.revealBid(x.cardId, amount, "salt") {
            hit("reveal");
            SealedRecord memory b = exchange.sealedOf(x.cardId, x.nonce);
            rule(b.best >= a.best && b.second >= a.second, "6 a sealed best fell");
            rule(b.best == 0 || b.second <= b.best, "6 second above best");
        } catch {}
    }

    /// @dev One that has been committed and neither opened nor forfeited, if there is any.
    function unopened(uint256 seed) private view returns (Seal memory x) {
        for (uint256 i = 0; i < seals.length; ++i) {
            x = seals[(seed % seals.length + i) % seals.length];
            if (exchange.commitmentOf(x.cardId, x.nonce, x.bidder) != 0) return x;
        }
        delete x;
    }

    function settleSealed(uint256 seed) external watched {
        uint256 id = cardIn(State.SEALED, seed);
        if (stateOf(id) != State.SEALED) return;
        SealedRecord memory a = exchange.sealedOf(id, nonceOf(id));
        bool over = block.timestamp >= a.revealUntil;
        uint256 before = allWorth();
        try exchange.settleSealed(id) {
            hit("settleSealed");
            rule(over, "6 settled too early");
            rule(allWorth() <= before, "1 money from nowhere");
        } catch {
            rule(!over, "10 a sealed auction could not be settled");
        }
    }

    function forfeit(uint256 seed) external watched {
        Seal memory x = unopened(seed);
        if (x.bidder == address(0)) return;
        bool over = block.timestamp >= exchange.sealedOf(x.cardId, x.nonce).revealUntil;
        try exchange.forfeitBond(x.cardId, x.nonce, x.bidder) {
            hit("forfeit");
            rule(over, "9 forfeited too early");
        } catch {
            rule(!over, "10 a bond could not be freed");
        }
    }

    // ------------------------------------------------------------------ delivery

    function confirmReissue(uint256 seed) external watched {
        uint256 id = cardIn(State.HELD, seed);
        if (stateOf(id) != State.HELD || seed % 3 == 0) return;
        Reissued memory m = Reissued(id, exchange.holdOf(id).buyer, keccak256("new"), nonceOf(id), FAR);
        try exchange.confirmReissue(m, sign(ISSUER_KEY, m)) {
            hit("confirmReissue");
        } catch {
            rule(false, "10 an issuer's word did not pay");
        }
    }

    function refundHold(uint256 seed) external watched {
        uint256 id = cardIn(State.HELD, seed);
        if (stateOf(id) != State.HELD) return;
        uint40 until = exchange.holdOf(id).until;
        if (seed % 4 == 0 && block.timestamp < until) vm.warp(until);
        bool over = block.timestamp >= until;
        try exchange.refundHold(id) {
            hit("refundHold");
            rule(over, "9 refunded too early");
        } catch {
            rule(!over, "10 a hold could not be refunded");
        }
    }

    /// @dev how: 0 right, 1 wrong words, 2 no point of the curve, 3 wrong parity byte.
    function deliver(uint256 seed, uint256 who, uint96 price, uint256 k, uint256 e, uint256 how) external watched {
        uint256 id = cardIn(State.ACTIVE, seed);
        address from = ownerOf(id);
        if (keyOf[from] == 0) return;
        (k, e, how) = (bound(k, 1, 1e70), bound(e, 1, 1e70), how % 4);
        bytes32[3] memory m = [bytes32("number"), bytes32("pin"), bytes32("salt")];
        Bid memory b = bidOf(id, nonceOf(id));
        b.bidder = other(from, who);
        b.epoch = exchange.accountOf(b.bidder).epoch;
        b.price = uint96(bound(price, 1, 500_000));
        b.session = vm.addr(k);
        b.secretCommit = keccak256(abi.encode(id, m[0], m[1], m[2]));
        if (how == 1) m[1] = "another pin";
        SealedSecret memory secret = seal(id, m, k, e);
        if (how == 2) secret.x = 5;
        if (how == 3) secret.v = 29;
        bytes memory s = sign(keyOf[b.bidder], b);
        vm.prank(from);
        try exchange.deliver(b, s, secret) returns (bytes32 h) {
            hit("deliver");
            uint40 until = uint40(block.timestamp + 3 days);
            DeliveryRecord memory r = DeliveryRecord(b, from, until, secret);
            promises.push();
            Promise storage p = promises[promises.length - 1];
            (p.record, p.k, p.e, p.right, p.hash) = (r, k, e, how == 0, h);
        } catch {}
    }

    function prove(uint256 seed) external watched {
        Promise memory p = bonded(seed);
        uint256 bond = exchange.deliveryBondOf(p.hash);
        if (bond == 0) return;
        State state = stateOf(p.record.bid.cardId);
        bool open = block.timestamp < p.record.until && ownerOf(p.record.bid.cardId) == p.record.bid.bidder
            && (state == State.ACTIVE || state == State.FROZEN);
        (uint256 sx, uint256 sy) = shared(p.k, p.e);
        uint256 before = worth(p.record.bid.bidder);
        vm.prank(p.record.bid.bidder);
        try exchange.proveWrongDelivery(p.record, p.k, sx, sy) {
            hit("prove");
            rule(!p.right, "9 a right delivery was slashed");
            rule(open, "9 slashed outside the window");
            rule(worth(p.record.bid.bidder) == before + bond, "9 the bond went elsewhere");
        } catch {
            rule(p.right || !open, "9 a wrong delivery was not slashed");
            if (p.right) hit("prove right");
        }
    }

    function bonded(uint256 seed) private view returns (Promise memory p) {
        for (uint256 i = 0; i < promises.length; ++i) {
            p = promises[(seed % promises.length + i) % promises.length];
            if (exchange.deliveryBondOf(p.hash) != 0) return p;
        }
    }

    function releaseBond(uint256 seed) external watched {
        Promise memory p = bonded(seed);
        if (exchange.deliveryBondOf(p.hash) == 0) return;
        bool over = block.timestamp >= p.record.until;
        try exchange.releaseBond(p.record) {
            hit("releaseBond");
            rule(over, "9 released too early");
        } catch {
            rule(!over, "10 a bond could not be released");
        }
    }

    function seal(uint256 id, bytes32[3] memory m, uint256 k, uint256 e) internal returns (SealedSecret memory secret) {
        Vm.Wallet memory r = vm.createWallet(e);
        (uint256 sx, uint256 sy) = shared(k, e);
        secret.x = r.publicKeyX;
        secret.v = uint8(27 + r.publicKeyY % 2);
        for (uint256 i = 0; i < 3; ++i) {
            secret.c[i] = m[i] ^ keccak256(abi.encode(sx, sy, id, i));
        }
    }

    function shared(uint256 k, uint256 e) internal returns (uint256, uint256) {
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        Vm.Wallet memory s = vm.createWallet(mulmod(k, e, order));
        return (s.publicKeyX, s.publicKeyY);
    }

    // ------------------------------------------------------------------ fractions

    function fractionalise(uint256 seed, uint48 supply, uint96 floor) external watched {
        uint256 id = cardIn(State.ACTIVE, seed);
        address owner = ownerOf(id);
        if (keyOf[owner] == 0) return;
        vm.prank(owner);
        try exchange.fractionalise(id, uint48(bound(supply, 1, 1_000)), uint96(bound(floor, 1, 1e6)), 100) returns (
            uint256 shareId
        ) {
            hit("fractionalise");
            shareIds.push(shareId);
        } catch {}
    }

    function transferShares(uint256 seed, uint256 from, uint256 to, uint48 amount) external watched {
        if (shareIds.length == 0) return;
        uint256 shareId = shareIds[seed % shareIds.length];
        uint256 have = exchange.sharesOf(shareId, person(from));
        vm.prank(person(from));
        try exchange.transferShares(shareId, person(to), uint48(bound(amount, 0, have))) {
            hit("transferShares");
        } catch {}
    }

    function buyOut(uint256 seed, uint256 who) external watched {
        uint256 id = cardIn(State.FRACTION, seed);
        vm.prank(person(who));
        try exchange.buyOut(id) {
            hit("buyOut");
        } catch {}
    }

    function cash(uint256 seed, uint256 who) external watched {
        if (shareIds.length == 0) return;
        uint256 shareId = shareIds[seed % shareIds.length];
        address holder = person(who);
        bool due = exchange.fractionOf(shareId).proceeds != 0 && exchange.sharesOf(shareId, holder) != 0;
        vm.prank(holder);
        try exchange.cash(shareId) returns (uint256 amount) {
            hit("cash");
            cashed[shareId] += amount;
        } catch {
            rule(!due, "10 shares could not be cashed");
        }
    }

    function unite(uint256 seed) external watched {
        uint256 id = cardIn(State.FRACTION, seed);
        if (stateOf(id) != State.FRACTION) return;
        vm.prank(ownerOf(id));
        try exchange.unite(id) {
            hit("unite");
        } catch {}
    }

    // ------------------------------------------------------------------ purse

    function deposit(uint256 who, uint96 amount) external watched {
        vm.prank(person(who));
        try exchange.deposit(uint96(amount % 1e6)) {
            hit("deposit");
        } catch {}
    }

    function withdraw(uint256 who, uint128 amount) external watched {
        (uint128 free,) = exchange.purseOf(person(who));
        amount = uint128(bound(amount, 0, free));
        vm.prank(person(who));
        try exchange.withdraw(person(who), uint96(amount)) {
            hit("withdraw");
        } catch {
            rule(!honest(), "10 a purse could not be emptied");
        }
    }

    // ------------------------------------------------------------------ the house and the world

    function kyc(uint256 who, uint256 seed) external watched {
        setKyc(person(who), seed % 8 == 0 ? uint40(block.timestamp - 1) : FAR);
        hit("kyc");
    }

    function freezeAccount(uint256 who, uint256 seed) external watched {
        uint256 before = allWorth();
        exchange.setAccountFrozen(person(who), seed % 8 == 0, CASE);
        hit("freezeAccount");
        rule(allWorth() == before, "11 a freeze moved money");
    }

    function freezeCard(uint256 seed, bool frozen) external watched {
        uint256 id = frozen ? card(seed) : cardIn(State.FROZEN, seed);
        address owner = ownerOf(id);
        if (owner == address(0) || (frozen && seed % 3 != 0)) return;
        exchange.fileCase(id, CASE);
        try exchange.setFrozenTokens(owner, id, frozen) {
            hit("freezeCard");
        } catch {}
    }

    function forcedTransfer(uint256 seed, uint256 who) external watched {
        uint256 id = seed % 3 == 0 ? card(seed) : cardIn(State.FROZEN, seed);
        address owner = ownerOf(id);
        if (owner == address(0)) return;
        bool filed = exchange.caseOf(id) != 0;
        rule(!tryForce(owner, person(who), id) || filed, "11 taken without a case");
        owner = ownerOf(id);
        if (owner == address(0) || (stateOf(id) != State.FROZEN && seed % 12 != 0)) return;
        exchange.fileCase(id, CASE);
        if (tryForce(owner, person(who), id)) hit("forcedTransfer");
        exchange.fileCase(id, 0);
    }

    function tryForce(address from, address to, uint256 id) private returns (bool) {
        try exchange.forcedTransfer(from, to, id) {
            return true;
        } catch {
            return false;
        }
    }

    function pause(uint256 seed) external watched {
        bool on = seed % 6 == 0;
        uint256 before = allWorth();
        if (on) {
            try exchange.pause() {
                hit("pause");
            } catch {}
        } else {
            exchange.unpause();
        }
        (, uint40 until,) = exchange.houseOf();
        rule(until <= block.timestamp + 7 days, "10 a pause longer than 7 days");
        rule(allWorth() == before, "11 a pause moved money");
    }

    function emergency(uint256 seed) external watched {
        uint256 id = card(seed);
        State state = stateOf(id);
        bool running = state == State.AUCTION || state == State.SEALED || state == State.HELD;
        bool silent = block.timestamp >= log.anchoredAt() + 7 days;
        try exchange.emergencyUnwind(id) {
            hit("emergency");
            rule(silent && running, "10 an emergency without silence");
        } catch {
            rule(!silent || !running, "10 no exit in an emergency");
        }
        if (seed % 5 == 0 && silent) {
            (, uint256 size,) = log.head();
            log.anchor(size + 1, bytes32(seed));
        }
    }

    function payCharity() external watched {
        uint256 before = allWorth();
        try exchange.payCharity(CHARITY) {
            hit("payCharity");
        } catch {}
        rule(allWorth() == before, "11 a gift paid by others");
    }

    function sweepFees() external watched {
        uint256 before = allWorth();
        try exchange.sweepFees() {
            hit("sweepFees");
        } catch {}
        rule(allWorth() == before, "11 fees swept from users");
    }

    function wait_(uint32 seconds_) external watched {
        vm.warp(block.timestamp + seconds_ % (seconds_ % 9 == 0 ? 8 days : 1 days));
    }

    function misbehave(uint256 manner, uint256 who, uint256 seed) external {
        // Honest two times of three; the callback tries what would hurt most.
        HostileMoney.Manner m = HostileMoney.Manner(manner % 24 > 7 ? 0 : manner % 8);
        bytes memory callback = seed % 2 == 0
            ? abi.encodeCall(exchange.settleAuction, (cardIn(State.AUCTION, seed)))
            : abi.encodeCall(exchange.refundHold, (cardIn(State.HELD, seed)));
        address target = m == HostileMoney.Manner.REENTER ? address(exchange) : person(who);
        hostile.behave(m, target, callback);
    }

    // ------------------------------------------------------------------ sums, for the invariants

    /// @dev What users own in the exchange, from its views alone.
    function claims() external view returns (uint256 sum, uint256 locked, uint256 live, uint256 balances) {
        for (uint256 i = 0; i < CARDS; ++i) {
            uint256 id = card(i);
            State state = stateOf(id);
            if (state != State.NONE && state != State.REDEEMED) ++live;
            sum += exchange.auctionOf(id).amount + exchange.holdOf(id).price;
            if (state == State.SEALED) locked += exchange.sealedOf(id, nonceOf(id)).best;
        }
        for (uint256 i = 0; i < PEOPLE; ++i) {
            (uint128 f, uint128 l) = exchange.purseOf(persons[i]);
            sum += uint256(f) + l;
            balances += exchange.balanceOf(persons[i]);
        }
        (uint128 pf,) = exchange.purseOf(charityPayee);
        sum += pf;
        balances += exchange.balanceOf(address(exchange));
        for (uint256 i = 0; i < shareIds.length; ++i) {
            uint256 proceeds = exchange.fractionOf(shareIds[i]).proceeds;
            // More than that is `sharesAddUp`'s matter.
            if (proceeds > cashed[shareIds[i]]) sum += proceeds - cashed[shareIds[i]];
        }
        for (uint256 i = 0; i < promises.length; ++i) {
            locked += exchange.deliveryBondOf(promises[i].hash);
        }
        for (uint256 i = 0; i < seals.length; ++i) {
            bool first = true;
            for (uint256 j = 0; j < i; ++j) {
                if (
                    seals[j].cardId == seals[i].cardId && seals[j].nonce == seals[i].nonce
                        && seals[j].bidder == seals[i].bidder
                ) first = false;
            }
            if (first && exchange.commitmentOf(seals[i].cardId, seals[i].nonce, seals[i].bidder) != 0) {
                locked += exchange.sealedOf(seals[i].cardId, seals[i].nonce).bond;
            }
        }
    }

    function lockedInPurses() external view returns (uint256 sum) {
        for (uint256 i = 0; i < PEOPLE; ++i) {
            (, uint128 l) = exchange.purseOf(persons[i]);
            sum += l;
        }
    }

    function house() external view returns (IExchange, HostileMoney) {
        return (exchange, hostile);
    }

    function sharesAddUp() external view returns (bool) {
        for (uint256 i = 0; i < shareIds.length; ++i) {
            FractionRecord memory f = exchange.fractionOf(shareIds[i]);
            uint256 sum;
            for (uint256 p = 0; p < PEOPLE; ++p) {
                sum += exchange.sharesOf(shareIds[i], persons[p]);
            }
            if (f.proceeds == 0 && sum != f.supply) return false;
            if (f.proceeds != 0 && (sum > f.supply || cashed[shareIds[i]] > f.proceeds)) return false;
            if (f.proceeds != 0 && sum == 0 && f.proceeds != cashed[shareIds[i]]) return false;
        }
        return true;
    }
}
