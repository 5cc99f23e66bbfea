// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IExchange} from "../src/IExchange.sol";
import {IERC7943NonFungible} from "../src/interfaces/Standards.sol";
import {Features} from "../src/lib/Features.sol";
import {House} from "./support/House.sol";

/// @dev A contract wallet that accepts one digest.
contract Wallet1271 {
    bytes32 public accepted;
    bool public mute;

    function accept(bytes32 digest, bool mute_) external {
        (accepted, mute) = (digest, mute_);
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        if (mute) {
            assembly {
                return(0, 0)
            }
        }
        return digest == accepted ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}

/// Goal: each way of minting and selling does what it says, once, and refuses everything else.
/// Method: the happy path with its balances, then each refusal by name.
contract SalesTest is House {
    // ------------------------------------------------------------------ minting

    function test_mint_and_its_refusals() external {
        uint256 id = mint(1, seller);
        eq(exchange.ownerOf(id), seller, "owner");
        eq(exchange.balanceOf(seller), 1, "balance");
        eq(exchange.cardOf(id).issuerClass, CLASS, "class");
        Attest memory m = attestOf(id, seller);
        bytes memory s = sign(m);
        vm.expectRevert(abi.encodeWithSelector(AlreadyMinted.selector, id));
        exchange.mint(m, s);
        // The same card under another expiry is the same card.
        m.cardId = id + 1;
        s = sign(m);
        vm.expectRevert(abi.encodeWithSelector(AlreadyMinted.selector, id + 1));
        exchange.mint(m, s);
        m = attestOf(idOf(2), address(0xBAD));
        s = sign(m);
        vm.expectRevert(abi.encodeWithSelector(NotAdmitted.selector, address(0xBAD), uint40(block.timestamp)));
        exchange.mint(m, s);
        m = attestOf(idOf(2), seller);
        m.deadline = uint40(block.timestamp - 1);
        s = sign(m);
        vm.expectRevert(abi.encodeWithSelector(Expired.selector, block.timestamp - 1));
        exchange.mint(m, s);
        m.deadline = FAR;
        s = signed(SELLER_KEY, exchange.hashAttest(m));
        vm.expectRevert(abi.encodeWithSelector(BadSigner.selector, seller));
        exchange.mint(m, s);
        vm.expectRevert(abi.encodeWithSelector(BadSigner.selector, address(0)));
        exchange.mint(m, "short");
        m.cardId = (m.cardId >> 40 << 40) | (block.timestamp - 1);
        s = sign(m);
        vm.expectRevert(abi.encodeWithSelector(CardExpired.selector, m.cardId));
        exchange.mint(m, s);
    }

    function test_verifier_only_within_its_window() external {
        Attest memory m = attestOf(idOf(1), seller);
        bytes memory s = sign(m);
        exchange.setSigner(verifier, Signer(SignerKind.VERIFIER, uint40(block.timestamp + 1), FAR, 0));
        vm.expectRevert(abi.encodeWithSelector(BadSigner.selector, verifier));
        exchange.mint(m, s);
        exchange.setSigner(verifier, Signer(SignerKind.VERIFIER, 0, uint40(block.timestamp), 0));
        vm.expectRevert(abi.encodeWithSelector(BadSigner.selector, verifier));
        exchange.mint(m, s);
        exchange.setSigner(verifier, Signer(SignerKind.ISSUER, 0, FAR, 0));
        vm.expectRevert(abi.encodeWithSelector(BadSigner.selector, verifier));
        exchange.mint(m, s);
        exchange.setSigner(verifier, Signer(SignerKind.VERIFIER, uint40(block.timestamp), FAR, 0));
        exchange.revokeSigner(verifier);
        vm.expectRevert(abi.encodeWithSelector(BadSigner.selector, verifier));
        exchange.mint(m, s);
        vm.expectRevert(WindowInvalid.selector);
        exchange.setSigner(verifier, Signer(SignerKind.NONE, 0, FAR, 0));
        vm.expectRevert(WindowInvalid.selector);
        exchange.setSigner(verifier, Signer(SignerKind.VERIFIER, 5, 5, 0));
        vm.expectRevert(ZeroAddress.selector);
        exchange.setSigner(address(0), Signer(SignerKind.VERIFIER, 0, FAR, 0));
    }

    function test_batch() external {
        MintItem[] memory items = new MintItem[](3);
        for (uint256 i = 0; i < 3; ++i) {
            items[i] = MintItem(idOf(i), CLASS, bytes32(i));
        }
        bytes memory flat = abi.encode(items[0], items[1], items[2]);
        BatchAttest memory m = BatchAttest(seller, keccak256(flat), FAR);
        bytes memory s = signed(VERIFIER_KEY, exchange.hashBatchAttest(m));
        items[1].secretCommit = "another";
        vm.expectRevert(BadTerms.selector);
        exchange.mintBatch(m, items, s);
        items[1].secretCommit = bytes32(uint256(1));
        exchange.mintBatch(m, items, s);
        eq(exchange.balanceOf(seller), 3, "balance");
        eq(exchange.ownerOf(idOf(2)), seller, "owner");
    }

    // ------------------------------------------------------------------ listings

    function test_buy_shares_the_price_to_the_fen() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        (l.price, l.feeBps, l.charityBps, l.charityId) = (9_999, 333, 111, CHARITY);
        bytes memory s = sign(SELLER_KEY, l);
        vm.expectEmit(address(exchange));
        emit Settled(id, seller, buyer, 9_999, 332, 110, 9_557, CHARITY);
        vm.prank(buyer);
        exchange.buy(l, s);
        (,, address treasury) = exchange.houseOf();
        eq(money.balanceOf(seller), RICH + 9_557, "net");
        eq(money.balanceOf(buyer), RICH - 9_999, "price");
        eq(money.balanceOf(treasury), 332 + 110, "fee and gift");
        (address payee, uint96 credit) = exchange.charityOf(CHARITY);
        eq(payee, charityPayee, "payee");
        eq(credit, 110, "credit");
        eq(exchange.cardOf(id).nonce, 1, "nonce");
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(WrongNonce.selector, 1, 0));
        exchange.buy(l, s);
        exchange.sweepFees();
        eq(money.balanceOf(feePayee), 332, "swept");
        exchange.payCharity(CHARITY);
        eq(money.balanceOf(charityPayee), 110, "given");
        exchange.payCharity(CHARITY);
        eq(money.balanceOf(treasury), 0, "nothing left");
    }

    function test_buy_refusals() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        refuse(l, SELLER_KEY, seller, abi.encodeWithSelector(SelfTrade.selector, seller));
        refuse(l, BUYER_KEY, buyer, abi.encodeWithSelector(BadSignature.selector, seller));
        l.taker = third;
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(NotTaker.selector, third));
        l = listingOf(id, 0);
        l.deadline = uint40(block.timestamp - 1);
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(Expired.selector, block.timestamp - 1));
        l = listingOf(id, 1);
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(WrongNonce.selector, 0, 1));
        l = listingOf(id, 0);
        l.price = 0;
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(PriceZero.selector));
        l = listingOf(id, 0);
        l.feeBps = 501;
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(FeeAboveCap.selector, 501, 500));
        l.feeBps = 500;
        l.charityBps = 1;
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(FeeAboveCap.selector, 501, 500));
        // Less than a fen: known all the same.
        (l.price, l.feeBps, l.charityId) = (9, 499, 99);
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(NoSuchCharity.selector, 99));
        l = listingOf(id, 0);
        refuse(
            l,
            SELLER_KEY,
            address(0xBAD),
            abi.encodeWithSelector(NotAdmitted.selector, address(0xBAD), uint40(block.timestamp))
        );
        l = listingOf(id + 1, 0);
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(NoSuchCard.selector, id + 1));
        l = listingOf(id, 0);
        l.price = uint96(RICH + 1);
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(MoneyFailed.selector));
        exchange.setAccountFrozen(seller, true, CASE);
        l = listingOf(id, 0);
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(IERC7943NonFungible.ERC7943CannotSend.selector, seller));
        exchange.setAccountFrozen(seller, false, CASE);
        vm.warp(EXPIRY);
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(CardExpired.selector, id));
    }

    function refuse(Listing memory l, uint256 key, address by, bytes memory why) private {
        bytes memory s = sign(key, l);
        vm.prank(by);
        vm.expectRevert(why);
        exchange.buy(l, s);
    }

    function test_whole_cap_to_charity() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        (l.feeBps, l.charityBps, l.charityId) = (0, 500, CHARITY);
        bytes memory s = sign(SELLER_KEY, l);
        vm.prank(buyer);
        exchange.buy(l, s);
        eq(money.balanceOf(seller), RICH + PRICE - PRICE / 20, "5 % given");
    }

    function testFuzz_split_is_exact(uint96 price, uint16 feeBps, uint16 charityBps) external {
        price = uint96(bound(price, 1, RICH));
        feeBps = uint16(bound(feeBps, 0, 500));
        charityBps = uint16(bound(charityBps, 0, 500 - feeBps));
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        (l.price, l.feeBps, l.charityBps, l.charityId) = (price, feeBps, charityBps, CHARITY);
        bytes memory s = sign(SELLER_KEY, l);
        vm.prank(buyer);
        exchange.buy(l, s);
        (,, address treasury) = exchange.houseOf();
        eq(RICH - money.balanceOf(buyer), price, "buyer paid the price");
        eq(money.balanceOf(seller) - RICH + money.balanceOf(treasury), price, "all of it arrived");
    }

    function test_compact_and_bent_signatures() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SELLER_KEY, exchange.hashListing(l));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes memory bent = abi.encodePacked(r, order - uint256(s), v == 27 ? uint8(28) : uint8(27));
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(BadSignature.selector, seller));
        exchange.buy(l, bent);
        bytes memory compact = abi.encodePacked(r, bytes32(uint256(s) | (uint256(v) - 27) << 255));
        vm.prank(buyer);
        exchange.buy(l, compact);
        eq(exchange.ownerOf(id), buyer, "EIP-2098");
    }

    function test_contract_wallet_sells() external {
        Wallet1271 wallet = new Wallet1271();
        admit(address(wallet));
        uint256 id = mint(1, address(wallet));
        Listing memory l = listingOf(id, 0);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(BadSignature.selector, address(wallet)));
        exchange.buy(l, "anything");
        wallet.accept(exchange.hashListing(l), true);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(BadSignature.selector, address(wallet)));
        exchange.buy(l, "anything");
        wallet.accept(exchange.hashListing(l), false);
        vm.prank(buyer);
        exchange.buy(l, "anything");
        eq(exchange.ownerOf(id), buyer, "ERC-1271");
    }

    function test_cancel_voids_all_orders() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        bytes memory s = sign(SELLER_KEY, l);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(NotOwner.selector, id, buyer));
        exchange.cancelAll(id);
        vm.expectEmit(address(exchange));
        emit OrdersCancelled(id);
        vm.prank(seller);
        exchange.cancelAll(id);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(WrongNonce.selector, 1, 0));
        exchange.buy(l, s);
    }

    function test_signatures_of_another_chain_and_contract() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        bytes memory here = sign(SELLER_KEY, l);
        vm.chainId(4242);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(BadSignature.selector, seller));
        exchange.buy(l, here);
        bytes memory there = sign(SELLER_KEY, l);
        vm.chainId(31337);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(BadSignature.selector, seller));
        exchange.buy(l, there);
        IExchange first = exchange;
        exchange = deploy(configOf(Features.INTL));
        bytes memory elsewhere = sign(SELLER_KEY, l);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(BadSignature.selector, seller));
        first.buy(l, elsewhere);
    }

    // ------------------------------------------------------------------ many, lazy

    function test_many() external {
        Listing[] memory l = new Listing[](4);
        bytes[] memory s = new bytes[](4);
        for (uint256 i = 0; i < 4; ++i) {
            l[i] = listingOf(mint(i, i < 2 ? seller : third), 0);
            s[i] = sign(i < 2 ? SELLER_KEY : THIRD_KEY, l[i]);
        }
        vm.prank(buyer);
        vm.expectRevert(LengthMismatch.selector);
        exchange.buyMany(l, new bytes[](3));
        l[3].delivery = Delivery.REISSUE;
        vm.prank(buyer);
        vm.expectRevert(WrongFill.selector);
        exchange.buyMany(l, s);
        l[3].delivery = Delivery.VAULT;
        vm.prank(buyer);
        exchange.buyMany(l, s);
        eq(exchange.balanceOf(buyer), 4, "cards");
        eq(money.balanceOf(seller), RICH + 2 * 9_900, "first run");
        eq(money.balanceOf(third), RICH + 2 * 9_900, "second run");
        eq(money.balanceOf(buyer), RICH - 40_000, "prices");
    }

    /// Invariant 13: lazy mint and eager mint end in the same state.
    function test_lazy_ends_as_eager() external {
        (bytes32 eager, bytes32 lazy) = (both(false), both(true));
        eq(lazy, eager, "the states differ");
    }

    function both(bool lazily) private returns (bytes32) {
        setUp();
        uint256 id = idOf(1);
        Attest memory m = attestOf(id, seller);
        Listing memory l = listingOf(id, 0);
        (l.charityBps, l.charityId) = (100, CHARITY);
        (bytes memory ms, bytes memory ls) = (sign(m), sign(SELLER_KEY, l));
        if (lazily) {
            vm.prank(buyer);
            buyFirst(m, ms, l, ls);
        } else {
            exchange.mint(m, ms);
            vm.prank(buyer);
            exchange.buy(l, ls);
        }
        return keccak256(
            abi.encode(
                exchange.cardOf(id),
                exchange.accountOf(seller),
                exchange.accountOf(buyer),
                money.balanceOf(seller),
                money.balanceOf(buyer)
            )
        );
    }

    function test_lazy_refusals() external {
        uint256 id = idOf(1);
        Attest memory m = attestOf(id, seller);
        Listing memory l = listingOf(id, 0);
        // What was signed is another card's, later, or not from the vault: none of it is the listing that this one stands for.
        bytes memory unsigned = abi.encodeWithSelector(BadSignature.selector, seller);
        refuseLazy(m, listingOf(idOf(2), 0), buyer, unsigned);
        refuseLazy(m, listingOf(id, 1), buyer, unsigned);
        refuseLazy(m, l, seller, abi.encodeWithSelector(SelfTrade.selector, seller));
        l.delivery = Delivery.REISSUE;
        refuseLazy(m, l, buyer, unsigned);
        l = listingOf(id, 0);
        l.deadline = 1;
        refuseLazy(m, l, buyer, abi.encodeWithSelector(Expired.selector, 1));
        l = listingOf(id, 0);
        l.taker = third;
        refuseLazy(m, l, buyer, abi.encodeWithSelector(NotTaker.selector, third));
        l = listingOf(id, 0);
        m.deadline = 2;
        refuseLazy(m, l, buyer, abi.encodeWithSelector(Expired.selector, 2));
        m = attestOf(id, seller);
        setKyc(seller, 0);
        refuseLazy(m, l, buyer, abi.encodeWithSelector(NotAdmitted.selector, seller, uint40(block.timestamp)));
    }

    /// A price above six bytes is not packed: what is left of it was not signed.
    function test_lazy_price_in_six_bytes() external {
        Attest memory m = attestOf(idOf(1), seller);
        Listing memory l = listingOf(idOf(1), 0);
        l.price = uint96(type(uint48).max) + 1;
        refuseLazy(m, l, buyer, abi.encodeWithSelector(PriceZero.selector));
        l.price += PRICE;
        refuseLazy(m, l, buyer, abi.encodeWithSelector(BadSignature.selector, seller));
    }

    /// Whatever the fields: what both signed is what happens, and no bit of the packed words can be another one.
    function testFuzz_lazy_is_what_was_signed(uint256 seed, uint48 price, uint16 class, uint8 bit) external {
        Attest memory m = attestOf(idOf(1), seller);
        Listing memory l = listingOf(idOf(1), 0);
        (m.issuerClass, m.deadline) = (class, uint40(bound(seed, block.timestamp, type(uint40).max)));
        l.deadline = uint40(bound(seed >> 40, block.timestamp, type(uint40).max));
        l.price = uint96(bound(price, 1, type(uint48).max));
        l.feeBps = uint16(bound(seed >> 80, 0, 500));
        l.charityBps = uint16(bound(seed >> 96, 0, 500 - l.feeBps));
        l.charityId = CHARITY;
        l.taker = seed >> 255 == 0 ? address(0) : buyer;
        (bytes32 r, bytes32 vs) = words(sign(m));
        bytes memory s = sign(SELLER_KEY, l);
        for (uint256 word = 0; word < 4; ++word) {
            FirstSale memory bent = firstOf(m, l);
            assembly {
                let place := add(bent, mul(word, 32))
                mstore(place, xor(mload(place), shl(bit, 1)))
            }
            vm.prank(buyer);
            vm.expectRevert();
            exchange.buyLazy(bent, r, vs, s);
        }
        vm.prank(buyer);
        vm.expectEmit(address(exchange));
        emit Minted(m.cardId, seller, verifier, class, m.secretCommit);
        exchange.buyLazy(firstOf(m, l), r, vs, s);
        uint256 fee = l.price * uint256(l.feeBps) / 10_000;
        uint256 gift = l.price * uint256(l.charityBps) / 10_000;
        (, uint256 credit) = exchange.charityOf(CHARITY);
        eq(credit, gift, "the gift");
        eq(RICH - money.balanceOf(buyer), l.price, "the price");
        eq(money.balanceOf(seller) - RICH, l.price - fee - gift, "the net");
        eq(exchange.cardOf(m.cardId).issuerClass, class, "the class");
    }

    function refuseLazy(Attest memory m, Listing memory l, address by, bytes memory why) private {
        (bytes memory ms, bytes memory ls) = (sign(m), sign(SELLER_KEY, l));
        vm.prank(by);
        vm.expectRevert(why);
        buyFirst(m, ms, l, ls);
    }

    // ------------------------------------------------------------------ Dutch

    function test_dutch_line() external {
        uint256 id = mint(1, seller);
        uint40 start = uint40(block.timestamp + 100);
        DutchTerms memory m = DutchTerms(id, 10_000, 1_000, start, start + 900, 100, 0, 0, Delivery.VAULT, 0);
        bytes memory s = sign(SELLER_KEY, m);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(NotStarted.selector, start));
        exchange.buyDutch(m, s, 10_000);
        vm.warp(start + 899);
        // 10,000 − 9,000 × 899 / 900 = 1,010
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(PriceAboveMax.selector, 1_010, 1_009));
        exchange.buyDutch(m, s, 1_009);
        vm.prank(buyer);
        exchange.buyDutch(m, s, 1_010);
        eq(money.balanceOf(buyer), RICH - 1_010, "price");
    }

    function testFuzz_dutch_price(uint96 high, uint96 low, uint32 length, uint32 passed) external {
        high = uint96(bound(high, 1, RICH));
        low = uint96(bound(low, 1, high));
        length = uint32(bound(length, 1, 365 days));
        passed = uint32(bound(passed, 0, length));
        uint256 id = mint(1, seller);
        uint40 start = uint40(block.timestamp);
        DutchTerms memory m = DutchTerms(id, high, low, start, start + length, 0, 0, 0, Delivery.VAULT, 0);
        bytes memory s = sign(SELLER_KEY, m);
        vm.warp(start + passed);
        vm.prank(buyer);
        exchange.buyDutch(m, s, type(uint96).max);
        uint256 paid = RICH - money.balanceOf(buyer);
        isTrue(paid >= low && paid <= high, "outside the line");
        // Rounded up: paid − 1 lies strictly below the line.
        uint256 line = uint256(high) * length - uint256(high - low) * passed;
        isTrue(paid * length >= line && (paid - 1) * length < line, "not the ceiling of the line");
    }

    function test_dutch_refusals() external {
        uint256 id = mint(1, seller);
        uint40 start = uint40(block.timestamp);
        DutchTerms memory m = DutchTerms(id, 1_000, 10_000, start, start + 900, 100, 0, 0, Delivery.VAULT, 0);
        bytes memory s = sign(SELLER_KEY, m);
        vm.prank(buyer);
        vm.expectRevert(BadTerms.selector);
        exchange.buyDutch(m, s, 10_000);
        (m.startPrice, m.endsAt) = (10_000, start);
        s = sign(SELLER_KEY, m);
        vm.prank(buyer);
        vm.expectRevert(BadTerms.selector);
        exchange.buyDutch(m, s, 10_000);
    }

    // ------------------------------------------------------------------ bids

    function test_accept_and_cancel_bids() external {
        uint256 id = mint(1, seller);
        Bid memory b = bidOf(id, 0);
        bytes memory s = sign(BUYER_KEY, b);
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(NotOwner.selector, id, third));
        exchange.acceptBid(b, s, 0, 0);
        vm.prank(buyer);
        exchange.cancelBids();
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(WrongEpoch.selector, 1, 0));
        exchange.acceptBid(b, s, 0, 0);
        b = bidOf(id, 0);
        b.session = third;
        s = sign(BUYER_KEY, b);
        vm.prank(seller);
        vm.expectRevert(WrongFill.selector);
        exchange.acceptBid(b, s, 0, 0);
        b.session = address(0);
        s = sign(BUYER_KEY, b);
        vm.prank(seller);
        exchange.acceptBid(b, s, 400, CHARITY);
        eq(money.balanceOf(seller), RICH + 10_000 - 100 - 400, "net");
        eq(exchange.ownerOf(id), buyer, "owner");
    }

    function test_match() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        l.taker = third;
        Bid memory b = bidOf(id, 0);
        b.price = PRICE - 1;
        (bytes memory ls, bytes memory bs) = (sign(SELLER_KEY, l), sign(BUYER_KEY, b));
        vm.expectRevert(abi.encodeWithSelector(NotTaker.selector, third));
        exchange.matchOrders(l, ls, b, bs);
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(PriceBelowListing.selector, PRICE - 1, PRICE));
        exchange.matchOrders(l, ls, b, bs);
        uint256 other = mint(2, third);
        b = bidOf(other, 0);
        bs = sign(BUYER_KEY, b);
        vm.prank(third);
        vm.expectRevert(BadTerms.selector);
        exchange.matchOrders(l, ls, b, bs);
        b = bidOf(id, 0);
        b.session = third;
        bs = sign(BUYER_KEY, b);
        vm.prank(third);
        vm.expectRevert(WrongFill.selector);
        exchange.matchOrders(l, ls, b, bs);
        b.session = address(0);
        b.price = PRICE + 5;
        bs = sign(BUYER_KEY, b);
        vm.prank(third);
        exchange.matchOrders(l, ls, b, bs);
        eq(money.balanceOf(buyer), RICH - PRICE - 5, "the bid's price");
    }

    // ------------------------------------------------------------------ swap

    function test_swap_and_top_up() external {
        (uint256 a, uint256 b) = (mint(1, seller), mint(2, buyer));
        SwapOffer memory o = SwapOffer(a, b, 0, false, 100, 0, 0, FAR);
        refuseSwap(o, third, abi.encodeWithSelector(NotOwner.selector, b, third));
        o.epoch = 1;
        refuseSwap(o, buyer, abi.encodeWithSelector(WrongEpoch.selector, 0, 1));
        (o.epoch, o.want) = (0, mint(9, seller));
        refuseSwap(o, seller, abi.encodeWithSelector(SelfTrade.selector, seller));
        (o.give, o.want) = (idOf(8), b);
        refuseSwap(o, buyer, abi.encodeWithSelector(NoSuchCard.selector, o.give));
        mint(8, seller);
        vm.prank(seller);
        exchange.burn(o.give);
        refuseSwap(o, buyer, abi.encodeWithSelector(WrongState.selector, o.give, State.REDEEMED));
        o.give = a;
        bytes memory s = sign(SELLER_KEY, o);
        vm.prank(buyer);
        exchange.swap(o, s);
        eq(exchange.ownerOf(a), buyer, "a");
        eq(exchange.ownerOf(b), seller, "b");
        eq(exchange.balanceOf(buyer), 1, "balance");
        (uint256 c, uint256 d) = (mint(3, seller), mint(4, buyer));
        o = SwapOffer(c, d, 1_000, true, 200, 0, 0, FAR);
        s = sign(SELLER_KEY, o);
        vm.prank(buyer);
        exchange.swap(o, s);
        eq(money.balanceOf(seller), RICH - 1_000, "the maker pays");
        eq(money.balanceOf(buyer), RICH + 980, "less the fee");
        o = SwapOffer(a, b, 1_000, false, 200, 1, 0, FAR);
        s = sign(BUYER_KEY, o);
        vm.prank(seller);
        exchange.swap(o, s);
        eq(money.balanceOf(seller), RICH - 2_000, "the taker pays");
    }

    function refuseSwap(SwapOffer memory o, address by, bytes memory why) private {
        bytes memory s = sign(SELLER_KEY, o);
        vm.prank(by);
        vm.expectRevert(why);
        exchange.swap(o, s);
    }

    // ------------------------------------------------------------------ profile, pause, approval

    function test_features_off() external {
        exchange = deploy(configOf(Features.CN));
        register();
        people();
        Listing memory l = listingOf(idOf(1), 0);
        Attest memory m = attestOf(idOf(1), seller);
        Bid memory b = bidOf(idOf(1), 0);
        vm.expectRevert(FeatureOff.selector);
        exchange.mint(m, "");
        vm.expectRevert(FeatureOff.selector);
        exchange.mintBatch(BatchAttest(seller, 0, FAR), new MintItem[](0), "");
        vm.expectRevert(FeatureOff.selector);
        exchange.buy(l, "");
        vm.expectRevert(FeatureOff.selector);
        exchange.buyMany(new Listing[](0), new bytes[](0));
        vm.expectRevert(FeatureOff.selector);
        exchange.buyLazy(firstOf(m, l), 0, 0, "");
        vm.expectRevert(FeatureOff.selector);
        exchange.acceptBid(b, "", 0, 0);
        vm.expectRevert(FeatureOff.selector);
        exchange.matchOrders(l, "", b, "");
        vm.expectRevert(FeatureOff.selector);
        exchange.deposit(1);
        vm.expectRevert(FeatureOff.selector);
        exchange.fractionalise(1, 1, 1, 0);
        vm.expectRevert(FeatureOff.selector);
        exchange.buyOut(1);
        vm.expectRevert(FeatureOff.selector);
        exchange.transferFrom(seller, buyer, 1);
        vm.expectRevert(FeatureOff.selector);
        exchange.openAuction(auctionOf(1, 0), "", 1);
        vm.expectRevert(FeatureOff.selector);
        exchange.commitBid(1, 0);
    }

    function test_sandbox_cap_and_approval() external {
        Config memory c = configOf(Features.SANDBOX);
        (c.priceCap, c.approvalUntil, c.approvalId) = (PRICE, uint40(block.timestamp + 10), "approval");
        exchange = deploy(c);
        register();
        people();
        eq(keccak256(abi.encode(exchange.config())), keccak256(abi.encode(c)), "config");
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        l.price = PRICE + 1;
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(PriceAboveCap.selector, PRICE + 1, PRICE));
        l.price = PRICE;
        vm.warp(block.timestamp + 11);
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(ApprovalEnded.selector, c.approvalUntil));
        vm.warp(block.timestamp - 1);
        bytes memory s = sign(SELLER_KEY, l);
        vm.prank(buyer);
        exchange.buy(l, s);
    }

    function test_pause_ends_by_itself() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        exchange.pause();
        uint40 until = uint40(block.timestamp + 7 days);
        refuse(l, SELLER_KEY, buyer, abi.encodeWithSelector(Paused.selector, until));
        vm.expectRevert(abi.encodeWithSelector(PauseCoolingDown.selector, uint256(until) + 7 days));
        exchange.pause();
        vm.warp(until);
        bytes memory s = sign(SELLER_KEY, l);
        vm.prank(buyer);
        exchange.buy(l, s);
        vm.warp(until + 7 days);
        exchange.pause();
        exchange.unpause();
        (, uint40 now_,) = exchange.houseOf();
        eq(now_, block.timestamp, "unpaused");
        vm.warp(block.timestamp + 1);
        exchange.unpause();
        (, now_,) = exchange.houseOf();
        eq(now_, block.timestamp - 1, "nothing to unpause");
    }

    function test_multicall_speaks_with_the_same_voice() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(exchange.permitMoney, (buyer, 1, 1, 27, 0, 0));
        calls[1] = abi.encodeCall(exchange.buy, (l, sign(SELLER_KEY, l)));
        vm.prank(buyer);
        exchange.multicall(calls);
        eq(exchange.ownerOf(id), buyer, "bought");
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(WrongNonce.selector, 1, 0));
        exchange.multicall(calls);
    }

    function test_burn_is_for_ever() external {
        uint256 id = mint(1, seller);
        vm.expectRevert(abi.encodeWithSelector(NotOwner.selector, id, desk));
        exchange.burn(id);
        exchange.setAccountFrozen(seller, true, CASE);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(IERC7943NonFungible.ERC7943CannotSend.selector, seller));
        exchange.burn(id);
        exchange.setAccountFrozen(seller, false, CASE);
        vm.expectEmit(address(exchange));
        emit IERC721.Transfer(seller, address(0), id);
        vm.prank(seller);
        exchange.burn(id);
        eq(exchange.balanceOf(seller), 0, "balance");
        Attest memory m = attestOf(id, seller);
        bytes memory s = sign(m);
        vm.expectRevert(abi.encodeWithSelector(AlreadyMinted.selector, id));
        exchange.mint(m, s);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, id));
        exchange.ownerOf(id);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(WrongState.selector, id, State.REDEEMED));
        exchange.cancelAll(id);
    }
}
