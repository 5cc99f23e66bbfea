// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IExchange} from "../src/IExchange.sol";
import {IERC6454, IERC6672, IERC7858, IERC7943NonFungible} from "../src/interfaces/Standards.sol";
import {Features} from "../src/lib/Features.sol";
import {Treasury} from "../src/Treasury.sol";
import {House} from "./support/House.sol";

contract Receiver {
    bytes4 private immutable ANSWER;

    constructor(bytes4 answer) {
        ANSWER = answer;
    }

    function onERC721Received(address, address, uint256, bytes calldata) external view returns (bytes4) {
        return ANSWER;
    }
}

/// Goal: the desk can do what its role says and nothing else; the standards answer as their texts demand.
contract DeskTest is House {
    function test_strangers_have_no_power() external {
        bytes[] memory calls = new bytes[](12);
        calls[0] = abi.encodeCall(exchange.setKyc, (new KycWrite[](0)));
        calls[1] = abi.encodeCall(exchange.setAccountFrozen, (buyer, true, CASE));
        calls[2] = abi.encodeCall(exchange.fileCase, (1, CASE));
        calls[3] = abi.encodeCall(exchange.setSigner, (buyer, Signer(SignerKind.VERIFIER, 0, FAR, 0)));
        calls[4] = abi.encodeCall(exchange.revokeSigner, (verifier));
        calls[5] = abi.encodeCall(exchange.setCharity, (1, buyer));
        calls[6] = abi.encodeCall(exchange.setFeePayee, (buyer));
        calls[7] = abi.encodeCall(exchange.pause, ());
        calls[8] = abi.encodeCall(exchange.unpause, ());
        calls[9] = abi.encodeCall(exchange.setBaseUri, ("x"));
        calls[10] = abi.encodeCall(exchange.setFrozenTokens, (seller, 1, true));
        calls[11] = abi.encodeCall(exchange.forcedTransfer, (seller, buyer, 1));
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(third);
            (bool done, bytes memory why) = address(exchange).call(calls[i]);
            isTrue(!done, "a stranger was let in");
            eq(
                keccak256(why),
                keccak256(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, third)),
                "refused for another reason"
            );
        }
        (,, address treasury) = exchange.houseOf();
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(Treasury.NotOwner.selector, third));
        Treasury(treasury).pay(third, 1);
    }

    function test_desk_refusals() external {
        vm.expectRevert(abi.encodeWithSelector(CaseRequired.selector, 0));
        exchange.setAccountFrozen(buyer, true, 0);
        vm.expectRevert(ZeroAddress.selector);
        exchange.setAccountFrozen(address(exchange), true, CASE);
        vm.expectRevert(ZeroAddress.selector);
        setKycExternal(address(0));
        vm.expectRevert(ZeroAddress.selector);
        exchange.setCharity(1, address(0));
        vm.expectRevert(ZeroAddress.selector);
        exchange.setFeePayee(address(0));
        for (uint16 i = 100; i < 163; ++i) {
            exchange.setCharity(i, charityPayee);
        }
        vm.expectRevert(BadTerms.selector);
        exchange.setCharity(163, charityPayee);
        exchange = deploy(configOf(Features.INTL));
        vm.expectRevert(ZeroAddress.selector);
        exchange.sweepFees();
    }

    function setKycExternal(address who) private {
        KycWrite[] memory writes = new KycWrite[](1);
        writes[0] = KycWrite(who, FAR, 1);
        exchange.setKyc(writes);
    }

    function test_charity_gets_its_own_before_the_payee_changes() external {
        uint256 id = mint(1, seller);
        Listing memory l = listingOf(id, 0);
        (l.charityBps, l.charityId) = (400, CHARITY);
        bytes memory s = sign(SELLER_KEY, l);
        vm.prank(buyer);
        exchange.buy(l, s);
        exchange.setCharity(CHARITY, address(0xC2));
        eq(money.balanceOf(charityPayee), 400, "the former payee is paid");
        (address payee, uint96 credit) = exchange.charityOf(CHARITY);
        eq(payee, address(0xC2), "the new one");
        eq(credit, 0, "starts at nothing");
    }

    function test_forced_transfer_by_case_only() external {
        uint256 id = mint(1, seller);
        vm.expectRevert(abi.encodeWithSelector(CaseRequired.selector, id));
        exchange.forcedTransfer(seller, buyer, id);
        exchange.fileCase(id, CASE);
        eq(exchange.caseOf(id), CASE, "filed");
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721IncorrectOwner.selector, buyer, id, seller));
        exchange.forcedTransfer(buyer, third, id);
        vm.expectRevert(abi.encodeWithSelector(IERC7943NonFungible.ERC7943CannotReceive.selector, address(0xBAD)));
        exchange.forcedTransfer(seller, address(0xBAD), id);
        exchange.setAccountFrozen(seller, true, CASE);
        vm.expectEmit(address(exchange));
        emit CaseActed(id, CASE, exchange.forcedTransfer.selector);
        exchange.forcedTransfer(seller, buyer, id);
        eq(exchange.ownerOf(id), buyer, "taken");
        eq(exchange.caseOf(id), 0, "used up");
        exchange.fileCase(id, CASE);
        exchange.setFrozenTokens(buyer, id, true);
        exchange.fileCase(id, CASE);
        exchange.forcedTransfer(buyer, third, id);
        isTrue(!exchange.getFrozenTokens(third, id), "freed by it");
        exchange.fileCase(id, CASE);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721IncorrectOwner.selector, buyer, id, third));
        exchange.setFrozenTokens(buyer, id, true);
    }

    function test_split_card_cannot_be_taken() external {
        uint256 id = mint(1, seller);
        vm.prank(seller);
        exchange.fractionalise(id, 2, PRICE, 0);
        exchange.fileCase(id, CASE);
        vm.expectRevert(abi.encodeWithSelector(WrongState.selector, id, State.FRACTION));
        exchange.forcedTransfer(seller, buyer, id);
        vm.expectRevert(abi.encodeWithSelector(WrongState.selector, id, State.FRACTION));
        exchange.setFrozenTokens(seller, id, true);
    }

    function test_purse() external {
        deposit(buyer, 100);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(InsufficientPurse.selector, 100, 101));
        exchange.withdraw(buyer, 101);
        vm.prank(buyer);
        vm.expectRevert(ZeroAddress.selector);
        exchange.withdraw(address(0), 100);
        vm.prank(buyer);
        vm.expectRevert(ZeroAddress.selector);
        exchange.withdraw(address(exchange), 100);
        vm.prank(buyer);
        exchange.withdraw(third, 100);
        eq(money.balanceOf(third), RICH + 100, "withdrawn");
    }

    // ------------------------------------------------------------------ ERC-721

    function token() private view returns (IERC721) {
        return IERC721(address(exchange));
    }

    function test_transfers_and_approvals() external {
        uint256 id = mint(1, seller);
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidApprover.selector, third));
        token().approve(third, id);
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, third, id));
        token().transferFrom(seller, buyer, id);
        vm.prank(seller);
        token().approve(third, id);
        eq(token().getApproved(id), third, "approved");
        vm.prank(third);
        token().transferFrom(seller, buyer, id);
        eq(token().getApproved(id), address(0), "cleared by the transfer");
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721IncorrectOwner.selector, seller, id, buyer));
        token().transferFrom(seller, buyer, id);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidOperator.selector, address(0)));
        token().setApprovalForAll(address(0), true);
        vm.prank(buyer);
        token().setApprovalForAll(third, true);
        isTrue(token().isApprovedForAll(buyer, third), "operator");
        vm.prank(third);
        token().approve(seller, id);
        vm.prank(third);
        token().transferFrom(buyer, buyer, id);
        eq(token().balanceOf(buyer), 1, "to himself");
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IERC7943NonFungible.ERC7943CannotReceive.selector, address(0xBAD)));
        token().transferFrom(buyer, address(0xBAD), id);
        exchange.fileCase(id, CASE);
        exchange.setFrozenTokens(buyer, id, true);
        vm.prank(buyer);
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943NonFungible.ERC7943InsufficientUnfrozenBalance.selector, buyer, id)
        );
        token().transferFrom(buyer, seller, id);
        uint256 other = mint(2, seller);
        vm.prank(seller);
        exchange.fractionalise(other, 1, 1, 0);
        vm.prank(seller);
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943NonFungible.ERC7943CannotTransfer.selector, seller, buyer, other)
        );
        token().transferFrom(seller, buyer, other);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidOwner.selector, address(0)));
        token().balanceOf(address(0));
    }

    function test_safe_transfers() external {
        uint256 id = mint(1, seller);
        Receiver good = new Receiver(0x150b7a02);
        Receiver bad = new Receiver(0);
        setKyc(address(good), FAR);
        setKyc(address(bad), FAR);
        vm.startPrank(seller);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(bad)));
        token().safeTransferFrom(seller, address(bad), id);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(bad)));
        token().safeTransferFrom(seller, address(bad), id, "data");
        token().safeTransferFrom(seller, address(good), id, "data");
        vm.stopPrank();
        vm.prank(address(good));
        token().safeTransferFrom(address(good), buyer, id);
        eq(token().ownerOf(id), buyer, "arrived");
    }

    // ------------------------------------------------------------------ other standards

    function test_interface_ids_are_those_of_the_standards() external view {
        eq(bytes32(type(IERC7943NonFungible).interfaceId), bytes32(bytes4(0xbf1ef5fe)), "7943");
        eq(bytes32(type(IERC7858).interfaceId), bytes32(bytes4(0x3ebdfa31)), "7858");
        eq(bytes32(type(IERC6672).interfaceId), bytes32(bytes4(0x4dddf83f)), "6672");
        eq(bytes32(type(IERC6454).interfaceId), bytes32(bytes4(0x91a6262f)), "6454");
        bytes4[8] memory ids = [
            type(IERC165).interfaceId,
            type(IERC721).interfaceId,
            type(IERC721Metadata).interfaceId,
            bytes4(0xbf1ef5fe),
            bytes4(0x3ebdfa31),
            bytes4(0x4dddf83f),
            bytes4(0x91a6262f),
            bytes4(0x49064906)
        ];
        for (uint256 i = 0; i < ids.length; ++i) {
            isTrue(exchange.supportsInterface(ids[i]), "supported");
        }
        isTrue(!exchange.supportsInterface(0xffffffff), "the invalid id");
    }

    function test_metadata_and_domain() external {
        uint256 id = mint(1, seller);
        eq(keccak256(bytes(exchange.name())), keccak256("Huiquan Card"), "name");
        eq(keccak256(bytes(exchange.symbol())), keccak256("HQC"), "symbol");
        exchange.setBaseUri("https://cards.example/");
        uint256 small = (7 << 40);
        Attest memory m = attestOf(small, seller);
        exchange.mint(m, sign(m));
        eq(keccak256(bytes(exchange.tokenURI(small))), keccak256("https://cards.example/7696581394432"), "uri");
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, id + 1));
        exchange.tokenURI(id + 1);
        (bytes1 fields, string memory name, string memory version, uint256 chain, address at_, bytes32 salt,) =
            exchange.eip712Domain();
        eq(bytes32(fields), bytes32(bytes1(0x0f)), "fields");
        eq(keccak256(bytes(name)), keccak256("Huiquan Exchange"), "name");
        eq(keccak256(bytes(version)), keccak256("1"), "version");
        eq(chain, block.chainid, "chain");
        eq(at_, address(exchange), "contract");
        eq(salt, 0, "no salt");
    }

    function test_expiry() external {
        uint256 id = mint(1, seller);
        eq(uint8(exchange.expiryType()), 1, "by time");
        eq(exchange.startTime(id), 0, "start");
        eq(exchange.endTime(id), EXPIRY, "end");
        isTrue(!exchange.isTokenExpired(id), "fresh");
        vm.warp(EXPIRY);
        isTrue(exchange.isTokenExpired(id), "expired");
        vm.prank(seller);
        token().transferFrom(seller, buyer, id);
        Attest memory m = attestOf(7 << 40, seller);
        exchange.mint(m, sign(m));
        isTrue(!exchange.isTokenExpired(7 << 40), "0 never expires");
    }

    function test_who_may_move_what() external {
        uint256 id = mint(1, seller);
        isTrue(exchange.canTransfer(seller, buyer, id), "may");
        isTrue(!exchange.canTransfer(buyer, seller, id), "not the owner");
        isTrue(!exchange.canTransfer(seller, buyer, id + 1), "another expiry");
        isTrue(exchange.isTransferable(id, seller, buyer), "6454 may");
        isTrue(exchange.isTransferable(id, address(0), address(0)), "6454 in general");
        isTrue(exchange.isTransferable(99, address(0), buyer), "6454 mint");
        isTrue(!exchange.isTransferable(99, address(0), address(0xBAD)), "6454 mint to a stranger");
        isTrue(exchange.isTransferable(id, seller, address(0)), "6454 burn");
        isTrue(!exchange.isTransferable(id, buyer, address(0)), "6454 burn by another");
        exchange.setAccountFrozen(seller, true, CASE);
        isTrue(!exchange.canSend(seller) && !exchange.canReceive(seller), "frozen");
        isTrue(!exchange.canTransfer(seller, buyer, id), "frozen sender");
        setKyc(buyer, uint40(block.timestamp - 1));
        isTrue(!exchange.canReceive(buyer) && exchange.canSend(buyer), "lapsed: may leave, not enter");
        eq(exchange.accountOf(buyer).tier, 1, "tier");
    }

    function test_redemptions_at_several_shops() external {
        uint256 id = mint(1, seller);
        vm.startPrank(third);
        exchange.redeem("a", id, "coffee");
        exchange.redeem("b", id, "cake");
        vm.expectRevert(RedemptionExists.selector);
        exchange.redeem("a", id, "again");
        isTrue(exchange.isRedeemed(third, "a", id), "redeemed");
        eq(exchange.getRedemptionIds(third, id).length, 2, "two");
        exchange.cancel("a", id, "refunded");
        isTrue(!exchange.isRedeemed(third, "a", id), "cancelled");
        isTrue(exchange.isRedeemed(third, "b", id), "the other stays");
        exchange.cancel("b", id, "refunded");
        vm.expectRevert(NoSuchRedemption.selector);
        exchange.cancel("b", id, "again");
        vm.expectRevert(NoSuchRedemption.selector);
        exchange.getRedemptionIds(third, id);
        vm.stopPrank();
        vm.expectRevert(NoSuchRedemption.selector);
        exchange.cancel("a", id, "another shop's");
    }

    function test_balance_attested() external {
        uint256 id = mint(1, seller);
        BalanceAttest memory m = BalanceAttest(id, 500, uint40(block.timestamp));
        bytes memory s = signed(VERIFIER_KEY, exchange.hashBalanceAttest(m));
        vm.expectEmit(address(exchange));
        emit BalanceAttested(id, verifier, 500, uint40(block.timestamp));
        exchange.attestBalance(m, s);
        m.asOf += 1;
        s = signed(VERIFIER_KEY, exchange.hashBalanceAttest(m));
        vm.expectRevert(abi.encodeWithSelector(NotStarted.selector, m.asOf));
        exchange.attestBalance(m, s);
    }

    // ------------------------------------------------------------------ the three parts

    function test_parts_must_match() external {
        Config memory c = configOf(Features.INTL);
        address desk_ = make("ExchangeDesk.sol:ExchangeDesk", abi.encode(c));
        Config memory other = configOf(Features.SANDBOX);
        bytes memory code = vm.getCode("ExchangeExtension.sol:ExchangeExtension");
        eq(create(bytes.concat(code, abi.encode(other, desk_))), address(0), "another configuration");
        eq(create(bytes.concat(code, abi.encode(c, third))), address(0), "no contract");
        c.money = address(0);
        eq(create(bytes.concat(vm.getCode("ExchangeDesk.sol:ExchangeDesk"), abi.encode(c))), address(0), "no money");
    }

    function create(bytes memory code) private returns (address made) {
        assembly {
            made := create(0, add(code, 32), mload(code))
        }
    }

    function test_parts_alone_are_dead() external {
        Config memory c = configOf(Features.INTL);
        address desk_ = make("ExchangeDesk.sol:ExchangeDesk", abi.encode(c));
        IExchange part = IExchange(make("ExchangeExtension.sol:ExchangeExtension", abi.encode(c, desk_)));
        vm.expectRevert(Reentered.selector);
        part.settleSealed(1);
        vm.expectRevert(Reentered.selector);
        IExchange(desk_).sweepFees();
    }
}
